// The script is text from outside: it is only ever set as text, never as markup (and the policy of this page forbids it).

const token = new URLSearchParams(location.search).get("token") ?? "";
const PAUSE_MS = 600; // of typing, until it is saved
const LOOK_MS = 2000; // between looks whether the file changed on disk
const NOTICE_MS = 9000;
const LONGEST_PRESS_MS = 1000;

const $ = (id) => document.getElementById(id);
const main = $("script");

let state = null; // the script as it was last read or written
let shown = []; // what each segment shows, as JSON: only those that change are set anew
let editing = null; // {segment, first, count, block, area, saved}
let here = null; // {segment, sentence}: whose source words are shown
let finding = null; // {segment, text}: the one that was stepped to
const wanted = new Set(); // findings that were accepted: to be corrected
let conflict = false;
let gone = false; // the server has stopped

// ── small things ────────────────────────────────────────────────────────────────────────────────────────

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};

const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
};

const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
const minutes = (words) => `${((state.minutes / Math.max(1, state.words)) * words).toFixed(1)} min`;
const foreign = (text) => make("bdi", {}, text); // its direction is its own

let noticeTimer = 0;
const tell = (text) => {
  clearTimeout(noticeTimer);
  $("notice").hidden = false;
  $("notice").textContent = text;
  noticeTimer = setTimeout(() => { $("notice").hidden = true; }, NOTICE_MS);
};

// What goes wrong at every look is said at the first.
let told = "";
const tellOnce = (text) => {
  if (text !== told) tell(text);
  told = text;
};

const showSaving = (text, isBad = false) => {
  if ($("saving").textContent !== text) $("saving").textContent = text;
  $("saving").classList.toggle("bad", isBad);
};

const agree = (title, text, yes) => new Promise((done) => {
  const dialog = $("asking");
  $("asking-title").textContent = title;
  $("asking-text").textContent = text;
  $("asking-yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true });
  dialog.showModal();
});

// Setting a page anew between a button's going down and up would swallow the click.
let isDown = false;
const whenUp = [];
addEventListener("pointerdown", () => { isDown = true; }, true);
for (const name of ["pointerup", "pointercancel", "blur"]) {
  addEventListener(name, (event) => {
    if (name === "blur" && event.target !== window) return;
    isDown = false;
    setTimeout(() => { for (const done of whenUp.splice(0)) done(); });
  }, true);
}
const released = () => (isDown
  ? new Promise((done) => { whenUp.push(done); setTimeout(done, LONGEST_PRESS_MS); })
  : Promise.resolve());

// ── the server ──────────────────────────────────────────────────────────────────────────────────────────

class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

const ask = async (method, path, body, more = {}) => {
  const headers = { "X-Podcast-Review": token };
  if (body) Object.assign(headers, { "Content-Type": "application/json", "If-Match": `"${state.version}"` });
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), ...more });
  } catch {
    gone = true;
    throw new Refused(0, "The review has ended: nothing answers any more. Start `podcast review` again.");
  }
  if (answer.ok) return answer.headers.get("content-type") === "audio/wav" ? answer.blob() : answer.json();
  const text = await answer.text();
  let message = text;
  try { message = JSON.parse(text).error; } catch { /* it is a plain sentence */ }
  throw new Refused(answer.status, message);
};

// Writes follow one another, each onto the version that the one before it left.
let last = Promise.resolve();
let waiting = 0;
const inTurn = (job) => {
  waiting += 1;
  const mine = last.then(job).finally(() => { waiting -= 1; });
  last = mine.catch(() => {});
  return mine;
};

// `fields` may be a function, called when its turn comes; `settle` hears of the answer before the page is set anew.
const write = (path, fields, settle = () => {}) => inTurn(async () => {
  if (conflict) throw new Refused(412, "");
  showSaving("Saving…");
  try {
    const answer = await ask("POST", path, typeof fields === "function" ? fields() : fields);
    await released();
    settle(answer);
    apply(answer);
    showSaving("Saved");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    showSaving("Not saved", true);
    if (error.status === 412) showConflict();
    else if (error.status !== 409) tell(error.message);
    throw error;
  }
});

const ignoreRefused = (error) => { if (!(error instanceof Refused)) throw error; };

const read = async () => {
  try {
    const answer = await ask("GET", "script");
    await released();
    apply(answer);
    return true;
  } catch (error) {
    ignoreRefused(error);
    if (state === null) $("waiting").textContent = error.message;
    else tellOnce(error.message);
    return false;
  }
};

// ── setting the page ────────────────────────────────────────────────────────────────────────────────────

const apply = (answer) => {
  const wasFocused = focusedPlace();
  state = answer;
  document.title = `${state.open ? `(${state.open}) ` : ""}${state.title} · Review`;
  $("title").textContent = state.title;
  $("facts").textContent = [
    state.date, count(state.segments.length, "segment"), count(state.words, "word"), `about ${state.minutes.toFixed(1)} minutes`,
  ].join(" · ");
  const isSame = shown.length === state.segments.length;
  if (!isSame) main.replaceChildren();
  const before = isSame ? shown : [];
  told = "";
  shown = state.segments.map((segment) => JSON.stringify(segment));
  state.segments.forEach((segment, index) => {
    if (before[index] !== shown[index]) setSegment(segment, index);
  });
  setApproval();
  setSteps();
  if (here) activate(here, false);
  restoreFocus(wasFocused);
};

const setApproval = () => {
  const day = state.approved && new Date(`${state.approved}T12:00`).toLocaleDateString("en", { day: "numeric", month: "short" });
  $("approve").textContent = day ? `Approved ${day}` : state.outdated ? "Approve again" : "Approve";
  $("approve").title = day ? "Take the approval back"
    : state.outdated ? "The words were changed since they were approved" : "Note that these words may be spoken";
  $("approve").setAttribute("aria-pressed", String(Boolean(day)));
};

const setSegment = (segment, index) => {
  const place = main.children[index];
  if (editing?.segment === index && place) {
    setAroundEditor(segment, index, place);
    return;
  }
  const words = make("div", { class: "words" }, ...blocks(segment, index));
  const made = make("section", { class: "segment", "aria-labelledby": `s${index}` }, top(segment, index), source(segment, index), words);
  if (place) place.replaceWith(made);
  else main.append(made);
};

// The editor itself is not touched: it would lose the caret.
const setAroundEditor = (segment, index, place) => {
  place.querySelector(".top").replaceWith(top(segment, index));
  place.querySelector(".source").replaceWith(source(segment, index));
  const kept = editing.block;
  for (const child of [...kept.parentElement.children]) if (child !== kept) child.remove();
  let isBefore = true;
  for (const block of blocks(segment, index)) {
    const paragraph = block.dataset.paragraph === undefined ? null : Number(block.dataset.paragraph);
    if (paragraph !== null && paragraph >= editing.first) isBefore = false;
    if (paragraph !== null && paragraph >= editing.first && paragraph < editing.first + editing.count) continue;
    if (isBefore) kept.before(block);
    else kept.parentElement.append(block);
  }
};

const top = (segment, index) => {
  const open = segment.items.filter((item) => item.kind === "finding").length;
  const facts = make("p", { class: "quiet" }, `${count(segment.words, "word")} · ${minutes(segment.words)}`);
  if (open) facts.append(" · ", make("span", { class: "some" }, count(open, "finding")));
  if (segment.url) facts.append(" · ", make("a", { href: segment.url, rel: "noreferrer", target: "_blank" }, segment.paper.replace(/^https?:\/\//, "")));
  const play = make("button", { type: "button", "data-do": "play", "aria-label": `Play ${segment.title}` }, icon("play"), make("span", {}, "Play"));
  return make("div", { class: "top" }, make("div", {}, make("h2", { id: `s${index}` }, foreign(segment.title)), facts), play);
};

const narrow = matchMedia("(max-width: 56rem)");

narrow.addEventListener("change", () => {
  for (const each of main.querySelectorAll(".source")) each.open = !narrow.matches; // on a wide page it has no summary
});

const source = (segment, index) => {
  const was = main.children[index]?.querySelector(".source");
  const isOpen = !narrow.matches || Boolean(was?.open);
  const passage = make("div", { class: "passage", tabindex: "0", role: "region", "aria-label": `Source of ${segment.title}`, dir: "auto" });
  for (const { text, of } of segment.passage) {
    passage.append(of.length ? make("mark", { "data-of": of.join(" ") }, text) : text);
  }
  if (!segment.passage.length) passage.append("The source has no passage for this segment.");
  const made = make("details", { class: "source", open: isOpen }, make("summary", { class: "quiet" }, "Source"), passage);
  const scrolled = was?.querySelector(".passage").scrollTop;
  if (scrolled) requestAnimationFrame(() => { passage.scrollTop = scrolled; });
  return made;
};

const blocks = (segment, index) => {
  const made = [];
  let dismissed = null;
  for (const item of segment.items) {
    if (item.kind === "paragraph") dismissed = null;
    if (item.kind === "paragraph") made.push(paragraphBlock(item, segment));
    else if (item.kind === "finding") made.push(findingCard(item, index));
    else if (item.kind === "comment") made.push(make("p", { class: "comment quiet", dir: "auto" }, `Comment: ${item.text}`));
    else {
      if (!dismissed) {
        dismissed = make("details", { class: "notes quiet" }, make("summary", {}), make("ul"));
        made.push(dismissed);
      }
      dismissed.lastChild.append(make("li", {}, foreign(item.text),
        make("button", { type: "button", "data-do": "reopen", "data-text": item.text }, "Reopen")));
      dismissed.firstChild.textContent = `${dismissed.lastChild.children.length} dismissed`;
    }
  }
  return made;
};

const paragraphBlock = (item, segment) => {
  const paragraph = make("p", { dir: "auto" });
  item.sentences.forEach((sentence, place) => {
    if (place) paragraph.append(" ");
    const parts = sentence.stretches.map(({ text, of }) =>
      of.length ? make("mark", { class: "claim", "data-finding": of.join(" ") }, text) : text);
    paragraph.append(make("span", { class: "sentence", tabindex: "-1", "data-sentence": sentence.number }, ...parts));
  });
  const which = `paragraph ${item.index + 1} of ${segment.title}`;
  const tools = make("div", { class: "tools" },
    make("button", { type: "button", class: "icon", "data-do": "edit", "aria-label": `Edit ${which}`, title: "Edit (e)" }, icon("pencil")),
    make("button", { type: "button", class: "icon", "data-do": "play-here", "aria-label": `Play from ${which}`, title: "Play from here (l)" }, icon("play")));
  const speaker = item.speaker ? make("p", { class: "speaker" }, foreign(item.speaker)) : null;
  return make("div", { class: "block", "data-paragraph": item.index }, tools, speaker, paragraph);
};

const WANTED = " · to be corrected";

const findingCard = (item, index) => {
  const isWanted = wanted.has(`${index} ${item.text}`);
  const text = make("p", { dir: "auto" });
  if (item.label) {
    text.append(make("span", { class: "label" }, item.label[0].toUpperCase() + item.label.slice(1), isWanted ? WANTED : ""),
      make("q", {}, item.claim), " ", item.expected);
  } else {
    text.append(make("span", { class: "label" }, "Note", isWanted ? WANTED : ""), item.text);
  }
  return make("div", {
    class: `finding${isWanted ? " wanted" : ""}`, role: "group", tabindex: "-1", "aria-label": `Finding: ${item.text}`,
    "data-number": item.number, "data-text": item.text,
  }, text, make("div", { class: "buttons" },
    make("button", { type: "button", "data-do": "correct", title: "Edit its words (c)" }, "Correct"),
    make("button", { type: "button", "data-do": "dismiss", title: "Right as it stands (d)" }, "Dismiss")));
};

// ── where things are ────────────────────────────────────────────────────────────────────────────────────

const segmentOf = (element) => [...main.children].indexOf(element.closest(".segment"));
const cards = () => [...main.querySelectorAll(".finding")];
const card = () => finding && cards().find((one) => one.dataset.text === finding.text && segmentOf(one) === finding.segment);
const sentenceAt = (place) => main.children[place.segment]?.querySelector(`.sentence[data-sentence="${place.sentence}"]`);
const sentencePlace = (element) => ({ segment: segmentOf(element), sentence: Number(element.dataset.sentence) });
const among = (names, number) => names.split(" ").includes(String(number));

const focusedPlace = () => {
  const element = document.activeElement;
  if (!main.contains(element) || element === main || editing?.block.contains(element)) return null;
  const segment = segmentOf(element);
  if (element.matches(".sentence")) return () => sentenceAt({ segment, sentence: element.dataset.sentence });
  const isFinding = element.closest(".finding");
  if (isFinding) {
    const at = cards().indexOf(isFinding);
    const same = () => cards().find((one) => segmentOf(one) === segment && one.dataset.text === isFinding.dataset.text);
    return () => same() ?? cards()[Math.min(at, cards().length - 1)] ?? main;
  }
  const same = `[data-do="${element.dataset.do}"]`;
  const paragraph = element.closest(".block")?.dataset.paragraph;
  return () => main.children[segment]?.querySelector(paragraph === undefined ? same : `[data-paragraph="${paragraph}"] ${same}`);
};

const restoreFocus = (find) => {
  if (!find || main.contains(document.activeElement)) return;
  const element = find() ?? main;
  if (element.matches(".finding")) step(0, element);
  else element.focus({ preventScroll: true });
};

// ── sentences and their sources ─────────────────────────────────────────────────────────────────────────

const activate = (place, isScrolled = true) => {
  for (const element of main.querySelectorAll(".sentence.now, .passage .now, .block.here")) element.classList.remove("now", "here");
  const sentence = place && sentenceAt(place);
  if (!sentence) return;
  sentence.classList.add("now");
  sentence.closest(".block").classList.add("here");
  const passage = sentence.closest(".segment").querySelector(".passage");
  const rests = [...passage.querySelectorAll("mark")].filter((mark) => among(mark.dataset.of, place.sentence));
  for (const mark of rests) mark.classList.add("now");
  if (rests.length && isScrolled) showWithin(passage, rests);
};

const showWithin = (passage, marks) => {
  const first = marks[0].offsetTop;
  const end = marks.at(-1).offsetTop + marks.at(-1).offsetHeight;
  if (first >= passage.scrollTop && end <= passage.scrollTop + passage.clientHeight) return;
  passage.scrollTo({ top: Math.max(0, first - passage.clientHeight / 4) });
};

const stay = (place) => {
  here = place;
  activate(here);
};

main.addEventListener("pointerover", (event) => {
  const sentence = event.pointerType === "mouse" && event.target.closest(".sentence");
  if (sentence) activate(sentencePlace(sentence));
});
main.addEventListener("pointerout", (event) => {
  if (event.pointerType === "mouse" && event.target.closest(".sentence")) activate(here, false);
});
main.addEventListener("focusin", (event) => {
  if (event.target.matches(".sentence")) stay(sentencePlace(event.target));
});

const nextSentence = (by) => {
  const all = [...main.querySelectorAll(".sentence")];
  const at = here ? all.indexOf(sentenceAt(here)) : -1;
  const next = all[at < 0 && by < 0 ? all.length - 1 : at + by];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
};

// ── findings ────────────────────────────────────────────────────────────────────────────────────────────

const setSteps = () => {
  const all = cards();
  const at = all.indexOf(card());
  const [number, noun] = count(all.length, "finding").split(" ");
  $("open").replaceChildren(...(all.length
    ? [make("b", {}, at < 0 ? number : `${at + 1} of ${number}`), make("span", {}, ` ${noun}`)]
    : ["No findings"]));
  for (const id of ["previous", "next"]) $(id).disabled = !all.length;
  for (const element of main.querySelectorAll(".finding.now, .claim.now")) element.classList.remove("now");
  const now = all[at];
  if (!now) return;
  now.classList.add("now");
  for (const claim of claimsOf(now)) claim.classList.add("now");
};

const claimsOf = (element) =>
  [...element.closest(".segment").querySelectorAll(".claim")].filter((claim) => among(claim.dataset.finding, element.dataset.number));

const step = (by, to = null) => {
  const all = cards();
  if (!all.length) return;
  const at = all.indexOf(card());
  const next = to ?? all[at < 0 ? (by < 0 ? all.length - 1 : 0) : (at + by + all.length) % all.length];
  finding = { segment: segmentOf(next), text: next.dataset.text };
  const [claim] = claimsOf(next);
  if (claim) stay(sentencePlace(claim.closest(".sentence")));
  setSteps();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

const dismiss = (element) => {
  step(0, element);
  const fields = { segment: segmentOf(element), text: element.dataset.text };
  write("dismiss", fields).catch(ignoreRefused);
};

const correct = (element) => {
  step(0, element);
  const [claim] = claimsOf(element);
  wanted.add(`${segmentOf(element)} ${element.dataset.text}`);
  if (!element.classList.contains("wanted")) element.querySelector(".label").append(WANTED);
  element.classList.add("wanted");
  const above = [...element.parentElement.querySelectorAll(".block")].filter((block) =>
    block.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
  const block = claim?.closest(".block") ?? above.at(-1) ?? element.parentElement.querySelector(".block");
  if (block) edit(block, claim);
};

// ── editing ─────────────────────────────────────────────────────────────────────────────────────────────

const offsetIn = (paragraph, element) => {
  const range = document.createRange();
  range.setStart(paragraph, 0);
  range.setEndBefore(element);
  return range.toString().length;
};

const caretAt = (paragraph) => {
  const selected = getSelection();
  if (!selected.rangeCount || !paragraph.contains(selected.anchorNode)) return null;
  const range = document.createRange();
  range.setStart(paragraph, 0);
  range.setEnd(selected.focusNode, selected.focusOffset);
  return range.toString().length;
};

const fit = (area) => {
  area.style.height = "0";
  area.style.height = `${area.scrollHeight + 2}px`;
};

const edit = async (block, claim = null) => {
  if (editing?.block === block) return;
  if (conflict) return;
  const segment = segmentOf(block);
  const first = Number(block.dataset.paragraph);
  const paragraph = block.querySelector("p[dir]");
  const text = paragraph.textContent;
  const from = claim ? offsetIn(paragraph, claim) : (caretAt(paragraph) ?? text.length);
  const to = claim ? from + claim.textContent.length : from;
  if (editing && !(await leave())) return;
  const current = main.children[segment]?.querySelector(`.block[data-paragraph="${first}"]`);
  if (!current || current.querySelector("p[dir]").textContent !== text) return;
  const area = make("textarea", { "aria-label": `Paragraph ${first + 1} of ${state.segments[segment].title}`, dir: "auto", rows: "1", spellcheck: "true" });
  area.value = text;
  const under = make("div", { class: "under" }, make("p", { class: "quiet" }, "Saved as you pause. A blank line makes two paragraphs."),
    make("div", { class: "buttons" },
      make("button", { type: "button", "data-do": "remove" }, "Remove"),
      make("button", { type: "button", "data-do": "done", class: "main", title: "Esc" }, "Done")));
  current.querySelector("p[dir]").replaceWith(area);
  current.querySelector(".tools").remove();
  current.append(under);
  current.classList.add("editing");
  editing = { segment, first, count: 1, block: current, area, saved: text, timer: 0 };
  area.addEventListener("input", typed);
  area.addEventListener("keydown", (event) => {
    const isDone = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
    if (!isDone || event.isComposing) return;
    event.preventDefault();
    leave(true);
  });
  current.addEventListener("focusout", left);
  fit(area);
  area.focus({ preventScroll: true });
  area.setSelectionRange(from, to);
  current.scrollIntoView({ block: "nearest" });
};

const isDirty = () => editing !== null && editing.area.value !== editing.saved;

const typed = () => {
  fit(editing.area);
  clearTimeout(editing.timer);
  showSaving(isDirty() ? "Not saved yet" : "Saved");
  editing.timer = setTimeout(() => save().catch(ignoreRefused), PAUSE_MS);
};

const left = async (event) => {
  if (!editing || editing.block.contains(event.relatedTarget)) return;
  if (document.hasFocus()) {
    await released();
    if (editing && !editing.block.contains(document.activeElement)) await leave();
  } else await save().catch(ignoreRefused);
};

// Writes what was typed; an empty paragraph is not written: it may be on its way to another text.
const save = async () => {
  const mine = editing;
  if (!mine) return;
  clearTimeout(mine.timer);
  if (!isDirty() || !mine.area.value.trim()) return;
  const { segment, first } = mine;
  let text = "";
  const fields = () => {
    text = mine.area.value;
    return { segment, first, count: mine.count, text };
  };
  await write("edit", fields, (answer) => {
    mine.count += paragraphsIn(answer.segments[segment]) - paragraphsIn(state.segments[segment]);
    mine.saved = text;
  });
  showSaving(isDirty() ? "Not saved yet" : "Saved");
};

const paragraphsIn = (segment) => segment.items.filter((item) => item.kind === "paragraph").length;

// Saves, and turns the editor into a paragraph again. False where it has to stay open.
const leave = async (isFocused = false) => {
  if (!editing) return true;
  if (!editing.area.value.trim() && editing.saved) {
    editing.area.value = editing.saved;
    tell("An empty paragraph is not saved: Remove takes it away.");
  }
  try {
    await save();
  } catch (error) {
    ignoreRefused(error);
    return false;
  }
  await released();
  if (!editing || isDirty()) return !editing;
  close(isFocused);
  return true;
};

const close = (isFocused = false) => {
  if (!editing) return;
  const { segment, first, timer } = editing;
  clearTimeout(timer);
  editing = null;
  if (!state.segments[segment]) return;
  setSegment(state.segments[segment], segment);
  setSteps();
  activate(here, false);
  if (!isFocused) return;
  const back = card() && segmentOf(card()) === segment ? card() : main.children[segment].querySelector(`[data-paragraph="${first}"] .sentence`);
  back?.focus({ preventScroll: true });
};

const remove = async () => {
  const { segment, first, count: many } = editing;
  clearTimeout(editing.timer);
  if (!(await agree("Remove this paragraph?", editing.area.value || editing.saved, "Remove"))) return;
  editing = null;
  await write("edit", { segment, first, count: many, text: "" }).catch(ignoreRefused);
  setSegment(state.segments[segment], segment);
  setSteps();
  main.focus({ preventScroll: true });
};

addEventListener("beforeunload", (event) => { if (isDirty()) event.preventDefault(); });
addEventListener("pagehide", () => {
  if (!isDirty() || conflict || waiting || !editing.area.value.trim()) return;
  const { segment, first, count: many, area } = editing;
  ask("POST", "edit", { segment, first, count: many, text: area.value }, { keepalive: true }).catch(ignoreRefused);
});
addEventListener("resize", () => { if (editing) fit(editing.area); });

// ── somebody else changed the file ──────────────────────────────────────────────────────────────────────

const showConflict = () => {
  conflict = true;
  stop();
  const text = isDirty() ? editing.area.value : "";
  $("conflict-text").textContent = "script.md was changed by somebody else since this page read it. Nothing was overwritten"
    + (text ? ", and what you typed was not saved: copy it, if it is worth keeping, before you go on." : ".");
  $("mine").hidden = $("copy-mine").hidden = !text;
  $("mine-text").value = text;
  $("show-theirs").hidden = false;
  $("close-conflict").hidden = true;
  $("conflict").hidden = false;
  showSaving("Not saved", true);
};

$("copy-mine").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText($("mine-text").value);
  } catch {
    $("mine-text").select();
    document.execCommand("copy");
  }
  $("copy-mine").textContent = "Copied";
});

// What was typed stays in sight until it is put away: nothing of it can be lost by looking.
$("show-theirs").addEventListener("click", async () => {
  const text = $("mine-text").value;
  if (editing) clearTimeout(editing.timer);
  editing = null;
  shown = [];
  if (!(await read())) return;
  conflict = false;
  $("conflict-text").textContent = "This is the script as it is now." + (text ? " What you typed stands here until you close this." : "");
  $("show-theirs").hidden = true;
  $("close-conflict").hidden = false;
  showSaving("");
  if (text) $("close-conflict").focus();
  else hideConflict();
});

const hideConflict = () => {
  $("conflict").hidden = true;
  $("copy-mine").textContent = "Copy my text";
  main.focus({ preventScroll: true });
};
$("close-conflict").addEventListener("click", hideConflict);

const look = async () => {
  if (state === null || document.hidden || conflict || waiting || gone) return;
  try {
    const { version } = await ask("GET", "version");
    if (waiting || conflict || version === state.version) return;
    if (isDirty()) {
      showConflict();
      return;
    }
    close();
    if (await read()) tell("script.md was changed on disk: this is how it reads now.");
  } catch (error) {
    ignoreRefused(error);
    if (gone) showSaving("Ended", true);
    tellOnce(error.message);
  }
};
setInterval(look, LOOK_MS);

// ── listening ───────────────────────────────────────────────────────────────────────────────────────────

const player = $("player");
let run = 0;
let ended = () => {};
player.addEventListener("ended", () => ended());

const stop = () => {
  run += 1;
  player.pause();
  ended();
  setPlaying(null);
};

const setPlaying = (segment, text = "") => {
  $("bar").hidden = segment === null;
  for (const element of main.querySelectorAll(".sounding")) element.classList.remove("sounding");
  if (segment === null) return;
  $("playing").textContent = state.segments[segment].title;
  $("playing-what").textContent = text;
  setPause();
};

const setPause = () => {
  $("pause").setAttribute("aria-label", player.paused ? "Go on" : "Pause");
  $("pause").querySelector("use").setAttribute("href", player.paused ? "#play" : "#pausing");
};

const listen = async (segment, from = 0, howMany = Infinity) => {
  stop();
  const mine = run;
  try {
    if (isDirty()) await save();
    await last;
    setPlaying(segment, "Getting ready…");
    const quote = await ask("POST", "quote", { segment });
    if (mine !== run) return;
    if (quote.missing && quote.refused) throw new Refused(402, quote.refused);
    if (quote.usd && !(await agree("Speak this segment?", price(quote), "Speak it"))) {
      if (mine === run) stop();
      return;
    }
    await playAll(mine, segment, quote, quote.sounds.slice(from, from + howMany));
  } catch (error) {
    ignoreRefused(error);
    if (mine !== run) return;
    if (error.status === 412) showConflict();
    else tell(error.message);
  }
  if (mine === run) stop();
};

const price = (quote) => `${count(quote.missing, "sentence is", "sentences are")} not spoken yet. By list price that costs about ${quote.usd.toFixed(4)} USD.`;

const playAll = async (mine, segment, quote, sounds) => {
  const get = (sound) => sound && ask("POST", "sound", { id: sound.id, agreed_usd: quote.usd });
  let next = get(sounds[0]);
  for (let at = 0; at < sounds.length; at += 1) {
    setPlaying(segment, "Speaking…");
    const blob = await next;
    if (mine !== run) return;
    next = get(sounds[at + 1]);
    next?.catch(() => {}); // said when its turn comes
    await playOne(mine, segment, sounds[at], blob);
    if (mine !== run) return;
  }
};

const playOne = async (mine, segment, sound, blob) => {
  const address = URL.createObjectURL(blob);
  const isOver = new Promise((done) => { ended = done; });
  player.src = address;
  try {
    await player.play();
    if (mine !== run) return;
    const sentence = sentenceAt({ segment, sentence: sound.number });
    setPlaying(segment, sentence?.textContent ?? "");
    sentence?.classList.add("sounding");
    await isOver;
  } catch (error) {
    if (mine === run) tell(`The browser could not play it (${error.message}).`);
    if (mine === run) stop();
  } finally {
    URL.revokeObjectURL(address);
  }
};

$("stop").addEventListener("click", stop);
$("pause").addEventListener("click", () => (player.paused ? player.play() : player.pause()));
player.addEventListener("play", setPause);
player.addEventListener("pause", setPause);

const listenHere = (howMany) => {
  if (!$("bar").hidden) stop();
  else if (here) listen(here.segment, here.sentence, howMany);
  else listen(0, 0, howMany);
};

// ── hands and keys ──────────────────────────────────────────────────────────────────────────────────────

const DOES = {
  play: (button) => listen(segmentOf(button)),
  "play-here": (button) => listen(segmentOf(button), Number(button.closest(".block").querySelector(".sentence").dataset.sentence)),
  edit: (button) => edit(button.closest(".block")),
  correct: (button) => correct(button.closest(".finding")),
  dismiss: (button) => dismiss(button.closest(".finding")),
  reopen: (button) => write("reopen", { segment: segmentOf(button), text: button.dataset.text }).catch(ignoreRefused),
  remove,
  done: () => leave(true),
};

main.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) {
    DOES[button.dataset.do](button);
    return;
  }
  const sentence = event.target.closest(".sentence");
  if (sentence) stay(sentencePlace(sentence));
  const claim = event.target.closest(".claim");
  const [number] = claim ? claim.dataset.finding.split(" ") : [];
  if (!claim) return;
  finding = { segment: segmentOf(claim), text: claim.closest(".segment").querySelector(`.finding[data-number="${number}"]`).dataset.text };
  setSteps();
});
main.addEventListener("dblclick", (event) => {
  const block = event.target.closest(".block");
  if (block && !event.target.closest("button, textarea")) edit(block);
});

const approve = async () => {
  const approved = !state.approved;
  const anyway = Boolean(state.open);
  if (approved && anyway) {
    const text = `${count(state.open, "finding is", "findings are")} still open.`;
    if (!(await agree("Approve all the same?", text, "Approve"))) return;
  }
  if (await leave()) write("approve", { approved, anyway }).catch((error) => { ignoreRefused(error); if (error.status === 409) tell(error.message); });
};

$("approve").addEventListener("click", approve);
$("previous").addEventListener("click", () => step(-1));
$("next").addEventListener("click", () => step(1));
$("help").addEventListener("click", () => $("keys").showModal());

const blockHere = () => (here && sentenceAt(here)?.closest(".block")) ?? document.activeElement.closest(".block");
const withCard = (act) => { if (card()) act(card()); };
const KEYS = {
  n: () => step(1),
  p: () => step(-1),
  j: () => nextSentence(1),
  k: () => nextSentence(-1),
  c: () => withCard(correct),
  d: () => withCard(dismiss),
  e: () => { if (blockHere()) edit(blockHere()); },
  l: () => listenHere(),
  s: () => listenHere(1),
  "?": () => $("keys").showModal(),
};

addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("textarea, input, select, dialog, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") stop();
  else if (event.key === "Enter" && event.target.matches?.(".sentence")) KEYS.e();
  else if (!$("single").checked || !KEYS[event.key]) return;
  else KEYS[event.key]();
  event.preventDefault();
});

read();
