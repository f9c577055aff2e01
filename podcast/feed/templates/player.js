const audio = one("audio");
const chapters = all(".seek");
const startOf = (element) => Number(element.dataset.t);
const JUST_BEFORE = 0.05; // players stop a little before the place that they were sent to

/** The last of these elements that has begun at a time. */
const begun = (elements, seconds) => elements.findLastIndex((element) => startOf(element) <= seconds + JUST_BEFORE);

const playFrom = (seconds) => {
  audio.currentTime = seconds;
  audio.play().catch(() => {}); // the player itself shows that it cannot
};

/** The second that an address asks for: #t=754, #t=12:34 or #t=1:02:03. */
const asked = () => {
  const found = /^#(?:.*&)?t=(\d+(?::\d{1,2}){0,2}(?:\.\d+)?)$/.exec(location.hash);
  return found ? found[1].split(":").reduce((sum, part) => sum * 60 + Number(part), 0) : null;
};

if (audio) {
  const listen = audio.closest(".listen");
  const length = Number(audio.dataset.seconds);
  const PLACE = `podcast place ${root.pathname}${audio.dataset.slug}`;
  const SPEED = "podcast speed";
  const [resumed, said] = [one(".resumed", listen), one(".said", listen)];
  one(".keys", listen).hidden = false;

  const side = one(".side");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let sounding = -1;
  const mark = () => {
    const now = begun(chapters, audio.currentTime);
    if (now >= 0 && now !== sounding && side.scrollHeight > side.clientHeight) { // where chapters have a column of their own
      side.scrollTo({ top: chapters[now].parentElement.offsetTop - side.clientHeight / 3, behavior: still.matches ? "auto" : "smooth" });
    }
    sounding = now;
    chapters.forEach((chapter, index) => {
      if (index === now) chapter.setAttribute("aria-current", "true");
      else chapter.removeAttribute("aria-current");
    });
    document.dispatchEvent(new CustomEvent("place", { detail: audio.currentTime }));
  };

  // ── where one was ──

  const ENDS = 10; // whoever is that near the end has heard it
  let kept = 0;
  const keep = () => {
    if (!audio.played.length) return;
    kept = audio.currentTime;
    memory.set(PLACE, kept > 5 && kept < length - ENDS ? kept.toFixed(1) : null);
  };

  const open = () => {
    const wanted = asked();
    const known = audio.played.length ? 0 : Number(memory.get(PLACE));
    if (wanted === null && !(known > 0 && known < length)) return;
    audio.currentTime = Math.min(wanted ?? known, length);
    resumed.hidden = wanted !== null;
    one("span", resumed).textContent = `It goes on at ${clock(known)}, where you stopped.`;
    mark();
    if (wanted !== null) document.dispatchEvent(new CustomEvent("asked"));
  };
  one("button", resumed).addEventListener("click", () => {
    resumed.hidden = true;
    playFrom(0);
  });

  // ── how fast ──

  const speed = one("select", listen);
  const isOffered = (rate) => [...speed.options].some((option) => option.value === rate);
  const setSpeed = (rate) => {
    audio.defaultPlaybackRate = audio.playbackRate = Number(rate);
    speed.value = rate;
  };
  const before = memory.get(SPEED);
  if (before !== null && isOffered(before)) setSpeed(before);
  speed.addEventListener("change", () => {
    setSpeed(speed.value);
  });
  audio.addEventListener("ratechange", () => {
    const rate = String(audio.playbackRate); // the player's own menu may offer others
    if (!isOffered(rate)) return;
    speed.value = rate;
    memory.set(SPEED, rate);
  });

  // ── buttons ──

  const skip = (seconds) => {
    audio.currentTime = Math.min(Math.max(0, audio.currentTime + seconds), length);
  };
  for (const button of all("[data-skip]", listen)) {
    button.addEventListener("click", () => skip(Number(button.dataset.skip)));
  }
  for (const chapter of chapters) {
    chapter.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window was asked for
      event.preventDefault();
      playFrom(startOf(chapter));
    });
  }
  one(".share", listen).addEventListener("click", async () => {
    const page = new URL(`${audio.dataset.slug}/`, root);
    const at = Math.floor(audio.currentTime);
    const url = at ? `${page}#t=${at}` : String(page);
    if (navigator.share && matchMedia("(pointer: coarse)").matches) {
      await navigator.share({ title: audio.getAttribute("aria-label"), url }).catch(() => {}); // changed their mind
      return;
    }
    const copied = await copyText(url).then(() => true, () => false);
    said.textContent = copied ? `Link copied${at ? `: begins at ${clock(at)}` : ""}` : url;
  });

  // ── lock screens and headsets ──

  const tellTheLockScreen = () => {
    if (!navigator.mediaSession) return;
    const { show, author } = one("article").dataset;
    const album = show ?? one("h1").textContent;
    const artwork = [{ src: one("img.cover").src, type: "image/jpeg" }];
    navigator.mediaSession.metadata = new MediaMetadata({
      title: audio.getAttribute("aria-label"), artist: author || album, album, artwork,
    });
    const handlers = {
      seekbackward: ({ seekOffset }) => skip(-(seekOffset ?? 15)),
      seekforward: ({ seekOffset }) => skip(seekOffset ?? 30),
      seekto: ({ seekTime }) => { audio.currentTime = seekTime; },
    };
    if (chapters.length) {
      const step = (by) => playFrom(startOf(chapters[Math.min(Math.max(0, begun(chapters, audio.currentTime) + by), chapters.length - 1)]));
      handlers.previoustrack = () => step(-1);
      handlers.nexttrack = () => step(1);
    }
    for (const [action, handler] of Object.entries(handlers)) {
      try {
        navigator.mediaSession.setActionHandler(action, handler);
      } catch {
        continue; // this browser knows no such button
      }
    }
  };

  audio.addEventListener("timeupdate", () => {
    mark();
    if (Math.abs(audio.currentTime - kept) > 3) keep();
  });
  audio.addEventListener("play", () => {
    resumed.hidden = true;
    tellTheLockScreen();
  });
  audio.addEventListener("seeking", mark);
  audio.addEventListener("pause", keep);
  audio.addEventListener("ended", keep);
  addEventListener("pagehide", keep);
  addEventListener("hashchange", () => {
    if (asked() !== null) open();
  });
  addEventListener("DOMContentLoaded", open); // once the transcript listens
}
