"use strict";
const players = [...document.querySelectorAll("audio")];

for (const audio of players) {
  const article = audio.closest("article");
  const chapters = [...article.querySelectorAll(".seek")];
  const startOf = (chapter) => Number(chapter.dataset.start);
  const sounding = () => chapters.findLastIndex((chapter) => startOf(chapter) <= audio.currentTime + 0.01);

  const silenceOthers = () => {
    if (audio.paused) return; // another one was started since
    for (const other of players) if (other !== audio) other.pause();
  };

  const playFrom = (chapter) => {
    if (!chapter) return;
    audio.currentTime = startOf(chapter);
    audio.play().catch(() => {}); // the player itself shows that it cannot
    silenceOthers();
  };

  const mark = () => {
    const now = sounding();
    chapters.forEach((chapter, index) => {
      if (index === now) chapter.setAttribute("aria-current", "true");
      else chapter.removeAttribute("aria-current");
    });
  };

  const tellTheLockScreen = () => {
    if (!navigator.mediaSession) return;
    const [title, album] = [article.querySelector("h3"), document.querySelector("h1")].map((found) => found.textContent);
    const artwork = [{ src: document.querySelector("header img").src }];
    navigator.mediaSession.metadata = new MediaMetadata({ title, album, artwork });
    navigator.mediaSession.setActionHandler("nexttrack", () => playFrom(chapters[sounding() + 1]));
    navigator.mediaSession.setActionHandler("previoustrack", () => playFrom(chapters[Math.max(0, sounding() - 1)]));
  };

  for (const chapter of chapters) {
    chapter.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window was asked for
      event.preventDefault();
      playFrom(chapter);
    });
  }
  audio.addEventListener("timeupdate", mark);
  audio.addEventListener("play", () => {
    silenceOthers();
    tellTheLockScreen();
  });
}

const copy = document.querySelector(".address button");
copy.hidden = false;
copy.addEventListener("click", () => {
  // navigator.clipboard does not exist on pages that came over plain http, as they do at home
  getSelection().selectAllChildren(document.querySelector(".address code"));
  if (document.execCommand("copy")) copy.textContent = "Copied";
});

const openLinked = () => document.getElementById(location.hash.slice(1))?.querySelector("details")?.setAttribute("open", "");
addEventListener("hashchange", openLinked);
openLinked();
