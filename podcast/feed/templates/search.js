{
  const form = one(".search");
  const field = one("input", form);
  const found = one(".found", form);
  const [status, list] = [one("[role=status]", found), one("ol", found)];
  const SHOWN = 30;
  const NAMED = 3;
  const TYPING_MS = 120;
  const ARXIV = /(?:\S*arxiv\.org\/\w+\/|arxiv:\s*|^|\s)([\w.-]+\/\d{7}|\d{4}\.\d{4,5})\S*/i; // whatever is around an id
  const LETTERS = { "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d" };
  let index = null;
  let loading = null;
  let waiting = 0;

  /** Words as they are compared: small, without accents and signs, a space before each. */
  const folded = (text) => {
    const plain = text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").replace(/[øłđßæœıþð]/g, (letter) => LETTERS[letter]);
    return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean).map((word) => ` ${word}`).join("");
  };

  /** One thing to find: where it leads, what is shown of it, and its words. */
  const entry = (path, title, about, rest) => ({ path, title, about, inTitle: folded(title), words: folded(`${title} ${rest}`) });

  const few = (authors) => {
    const names = authors.split(", ");
    return names.length > NAMED ? `${names.slice(0, NAMED).join(", ")} …` : authors;
  };

  const entries = ([slug, date, title, chapters]) => [
    entry(`${slug}/`, title, date, `${date} ${slug}`),
    ...chapters.map(([start, name, authors = "", paper = ""]) =>
      entry(`${slug}/#t=${start}`, name, [clock(start), title, few(authors)].filter(Boolean).join(" · "), `${authors} ${paper}`)),
  ];

  const load = () => {
    loading ??= fetch(new URL("search.json", root))
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
      .then((data) => {
        index = { entries: data.episodes.flatMap(entries), titlesOnlyUntil: data.titlesOnlyUntil };
      });
    return loading;
  };

  /** Everything that has all the words, whatever has them in its title first, and of those the newest. */
  const matches = (query) => {
    const words = folded(query.replace(ARXIV, " $1 ")).split(" ").filter(Boolean).map((word) => ` ${word}`);
    if (!words.length) return null;
    const whole = words.join("");
    const rank = (each) => words.filter((word) => each.inTitle.includes(word)).length + each.inTitle.includes(whole);
    const having = index.entries.filter((each) => words.every((word) => each.words.includes(word)));
    return having.map((each) => [rank(each), each]).sort(([a], [b]) => b - a).map(([, each]) => each);
  };

  const item = ({ path, title, about }) => {
    const [li, link, name, rest] = ["li", "a", "bdi", "span"].map((tag) => document.createElement(tag));
    link.href = new URL(path, root);
    name.textContent = title;
    rest.textContent = about;
    rest.className = "quiet";
    rest.dir = "auto";
    link.append(name, rest);
    li.append(link);
    return li;
  };

  const summary = (count) => {
    const number = `${count} ${count === 1 ? "result" : "results"}`;
    const shown = count > SHOWN ? `, the first ${SHOWN} shown` : "";
    const limit = index.titlesOnlyUntil ? `. Of episodes until ${index.titlesOnlyUntil}, titles only.` : "";
    return (count ? number + shown : "Nothing found") + limit;
  };

  const close = () => {
    clearTimeout(waiting); // what was typed just before
    found.hidden = true;
    list.replaceChildren();
    status.textContent = "";
  };

  const show = async () => {
    const query = field.value;
    try {
      await load();
    } catch {
      loading = null; // the next word tries again
      found.hidden = false;
      status.textContent = "The search could not be loaded.";
      return;
    }
    if (query !== field.value) return; // more was typed meanwhile
    const having = matches(query);
    if (having === null) {
      close();
      return;
    }
    found.hidden = false;
    list.replaceChildren(...having.slice(0, SHOWN).map(item));
    status.textContent = summary(having.length);
  };

  form.hidden = false;
  field.addEventListener("focus", () => load().catch(() => { loading = null; }), { once: true });
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, TYPING_MS);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    await show();
    one("a", list)?.focus();
  });
  form.addEventListener("keydown", (event) => {
    const links = all("a", list);
    const place = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && !found.hidden) {
      event.preventDefault();
      close();
      field.focus();
    } else if (step && links.length) {
      event.preventDefault();
      (links[Math.min(place + step, links.length - 1)] ?? field).focus();
    }
  });
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.href === location.href) dispatchEvent(new Event("hashchange")); // it is asked for again
    setTimeout(close); // after it led on
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) close();
  });
}
