// The answer page without waiting: the size that was chosen last, the browser's own voice, paper.
"use strict";
const SIZES = ["18", "24", "30"];
const chosen = "answer-size";

function remembered() {
  try { return localStorage.getItem(chosen); } catch { return null; }
}

function grow(size) {
  if (!SIZES.includes(size)) return;
  for (const one of SIZES) document.body.classList.toggle(`size-${one}`, one === size);
  for (const link of document.querySelectorAll("[data-size]")) {
    if (link.dataset.size === size) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

for (const link of document.querySelectorAll("[data-size]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    grow(link.dataset.size);
    try { localStorage.setItem(chosen, link.dataset.size); } catch { /* It holds for this page only. */ }
  });
}
if (!new URLSearchParams(location.search).has("size")) grow(remembered());

const paper = document.getElementById("print");
paper.hidden = false;
paper.addEventListener("click", () => window.print());

// ── the voice ──
const voices = window.speechSynthesis;
const button = document.getElementById("read");
let turn = 0;
let saying = null;

const chinese = () => voices.getVoices().find((one) => /^(zh|cmn)/i.test(one.lang));

function mark(element) {
  if (saying) saying.classList.remove("saying");
  saying = element;
  if (!element) return;
  element.classList.add("saying");
  const { top, bottom } = element.getBoundingClientRect();
  if (top < 90 || bottom > window.innerHeight - 60) element.scrollIntoView({ block: "center" });
}

// Each sentence with the place where it stands; what is folded away is not read.
function sentences() {
  const found = [];
  for (const element of document.querySelectorAll("[data-say]")) {
    if (element.closest("details:not([open])")) continue;
    const text = element.textContent.replace(/\s+/g, " ").trim();
    for (const part of text.match(/[^。；！？]+[。；！？]*/g) || []) found.push([element, part]);
  }
  return found;
}

function stop() {
  turn += 1;
  voices.cancel();
  mark(null);
  button.textContent = button.dataset.read;
  button.setAttribute("aria-pressed", "false");
}

function say(list, at, mine) {
  if (mine !== turn) return;
  if (at >= list.length) { stop(); return; }
  const [element, text] = list[at];
  const spoken = new SpeechSynthesisUtterance(text);
  spoken.voice = chinese();
  spoken.lang = "zh-CN";
  spoken.rate = 0.85;
  spoken.onend = () => say(list, at + 1, mine);
  spoken.onerror = () => { if (mine === turn) stop(); };
  mark(element);
  voices.speak(spoken);
}

function start() {
  voices.cancel();
  turn += 1;
  button.textContent = button.dataset.stop;
  button.setAttribute("aria-pressed", "true");
  say(sentences(), 0, turn);
}

// A voice may come later than the page; without a Chinese one nobody would understand it.
function offer() { button.hidden = !chinese(); }

if (voices && window.SpeechSynthesisUtterance) {
  offer();
  voices.addEventListener?.("voiceschanged", offer);
  button.addEventListener("click", () => (saying ? stop() : start()));
  window.addEventListener("pagehide", stop);
}
