"use strict";
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const root = new URL(document.documentElement.dataset.root, location.href);

/** Seconds as people read them: 2:05, or 1:02:05. */
const clock = (seconds) => {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours, minutes, rest] = [parts[0], parts[1], String(parts[2]).padStart(2, "0")];
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
};

/** What this browser remembers; where it may not, nothing is, and nothing else is amiss. */
const memory = {
  get(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, value);
    } catch {
      /* a private window, or no room */
    }
  },
};

/** Put text into the clipboard. navigator.clipboard does not exist on pages that came over plain http, as at home. */
const copyText = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  if (!copied) throw new Error("not allowed");
};

for (const button of all(".copy")) {
  const ways = button.closest(".ways");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = one("code", ways).textContent;
    const copied = await copyText(text).then(() => true, () => false);
    one("[role=status]", ways).textContent = copied ? "Copied." : "Your browser did not allow that: mark the address and copy it.";
  });
}

// Links to an episode once led to its place on the home page, which has the newest only.
if (document.body.className === "home" && /^#[A-Za-z0-9][\w.-]*$/.test(location.hash)) {
  if (!document.getElementById(location.hash.slice(1))) location.replace(new URL(`all.html${location.hash}`, root));
}
