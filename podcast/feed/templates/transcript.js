{
  const transcript = one(".transcript");
  const sentences = transcript ? all("span[data-t]", transcript) : [];
  const back = one(".follow");
  const SCROLLS_MS = 900; // as long as a smooth scroll may take
  const FARTHEST = 0.7; // of the window's height, which a sentence reaches before the page follows
  const quiet = matchMedia("(prefers-reduced-motion: reduce)");
  let current = null;
  let tabStop = null;
  let scrollingUntil = 0;

  const underPlayer = () => Math.max(0, one(".sound").getBoundingClientRect().bottom);
  const isSeen = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > underPlayer() && top < innerHeight;
  };
  const isFine = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= underPlayer() && bottom < innerHeight * FARTHEST;
  };
  const show = (element) => {
    scrollingUntil = performance.now() + SCROLLS_MS;
    element.scrollIntoView({ block: "center", behavior: quiet.matches ? "auto" : "smooth" });
  };
  const isReading = () => sentences.some((sentence) => sentence.matches(":focus-visible")); // by keyboard

  /** The one sentence that Tab reaches. It alone is a button: a page of them would be no text any more. */
  const stopAt = (sentence) => {
    tabStop?.removeAttribute("tabindex");
    tabStop?.removeAttribute("role");
    sentence.tabIndex = 0;
    sentence.setAttribute("role", "button");
    tabStop = sentence;
  };

  const follow = (seconds) => {
    const sentence = sentences[begun(sentences, seconds)] ?? null;
    if (sentence !== current) {
      const last = current ?? sentences[0];
      const wasSeen = isSeen(last) || performance.now() < scrollingUntil; // else the reader has gone elsewhere
      current?.removeAttribute("aria-current");
      sentence?.setAttribute("aria-current", "true");
      current = sentence;
      if (sentence && !isReading()) {
        stopAt(sentence);
        if (wasSeen && audio.played.length && !isFine(sentence)) show(sentence); // a page that opens stays at its top
      }
    }
    offerToGoBack();
  };

  const offerToGoBack = () => {
    back.hidden = audio.paused || !current || isSeen(current) || performance.now() < scrollingUntil;
  };

  const move = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
  const onKey = (event) => {
    const place = sentences.indexOf(event.target);
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      playFrom(startOf(event.target));
    } else if (event.key in move) {
      event.preventDefault();
      stopAt(sentences[Math.min(Math.max(0, place + move[event.key]), sentences.length - 1)]);
      tabStop.focus();
    }
  };

  if (sentences.length) {
    one(".how", transcript).hidden = false;
    stopAt(sentences[0]);
    document.addEventListener("place", (event) => follow(event.detail));
    document.addEventListener("asked", () => current && show(current));
    transcript.addEventListener("keydown", onKey);
    transcript.addEventListener("click", (event) => {
      const sentence = event.target.closest("span[data-t]");
      if (sentence && getSelection().isCollapsed) playFrom(startOf(sentence)); // else words were marked to copy them
    });
    for (const name of ["wheel", "touchmove"]) {
      addEventListener(name, () => { scrollingUntil = 0; }, { passive: true });
    }
    audio.addEventListener("pause", offerToGoBack);
    addEventListener("scroll", offerToGoBack, { passive: true });
    back.addEventListener("click", () => {
      show(current);
      offerToGoBack();
    });
  }
}
