// The look-up without waiting: a changed field or a choice brings new parts of the page; keys for all of it.
"use strict";
const form = document.getElementById("ask");
const words = document.getElementById("words");
const said = document.getElementById("status");
const single = document.getElementById("single");
const PARTS = ["fields", "answer", "tools", "call", "script"];
let asked = 0;

document.documentElement.classList.add("scripted");

// What must not be lost while it is written: the fields that change and the booking that was begun.
function stays(part, onlyAnswer) {
  if (part === "fields") return onlyAnswer;
  const booking = document.getElementById("booking");
  return part === "call" && booking && booking.open;
}

function place(page, onlyAnswer) {
  const focus = document.activeElement && document.activeElement.id;
  for (const part of PARTS) {
    const fresh = page.getElementById(part);
    if (fresh && !stays(part, onlyAnswer)) document.getElementById(part).replaceWith(fresh);
  }
  ready();
  document.getElementById("keys").open = false;
  said.textContent = page.getElementById("status").textContent;
  if (focus && onlyAnswer) document.getElementById(focus)?.focus();
}

async function ask(extra, onlyAnswer) {
  const turn = ++asked;
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of extra) body.append(name, value);
  document.getElementById("answer").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch("/desk/lookup/part", { method: "POST", body, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn === asked) place(page, onlyAnswer);
    return turn === asked;
  } catch {
    // Whatever is in the way, the browser's own way tells it.
    if (turn === asked) leave(extra);
    return false;
  }
}

function leave(extra) {
  for (const [name, value] of extra) {
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(hidden);
  }
  form.submit();
}

async function askAndGo(extra) {
  if (await ask(extra, false)) {
    (document.querySelector("[data-pick]") || document.getElementById("result"))?.focus({ preventScroll: true });
    const answer = document.getElementById("answer");
    const { top } = answer.getBoundingClientRect();
    if (top < 0 || top > window.innerHeight / 2) answer.scrollIntoView();
  }
}

function ready() {
  for (const one of document.querySelectorAll("[data-do], [data-scripted]")) one.hidden = false;
}

async function copy() {
  const box = document.getElementById("copy");
  if (!box) return;
  const told = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(box.value);
    told.textContent = told.dataset.done;
  } catch {
    box.closest("details").open = true;
    box.focus();
    box.select();
    told.textContent = told.dataset.select;
  }
}

const DO = { copy, print: () => window.print() };

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && button.formAction && !button.formAction.includes("/desk/lookup#") && button.hasAttribute("formaction")) {
    // A second click must not send it twice.
    setTimeout(() => { button.disabled = true; });
    return;
  }
  event.preventDefault();
  // Enter in the booking goes to its button: nothing is booked by a slip.
  if (document.activeElement.closest("#booking")) {
    document.getElementById("book").focus();
    return;
  }
  askAndGo(button && button.name ? [[button.name, button.value]] : []);
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.closest("#fields") || field.id === "beside") ask([], true);
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do], [data-go]");
  if (!target) return;
  if (target.dataset.do) DO[target.dataset.do]();
  else {
    event.preventDefault();
    document.getElementById(target.dataset.go)?.focus();
  }
});

const typing = (element) => element.matches("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])");

function pick(number) {
  const button = document.querySelector(`[data-pick="${number}"]`);
  if (button) button.click();
  return Boolean(button);
}

const KEYS = {
  "/": () => { words.focus(); words.select(); },
  c: copy,
  p: () => window.print(),
  n: () => document.getElementById("new").click(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (event.target.closest("#booking")) return;
    event.preventDefault();
    askAndGo([]);
    return;
  }
  if (typing(event.target) || event.ctrlKey || event.metaKey) return;
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (event.altKey) {
    if (digit && pick(digit[1])) event.preventDefault();
  } else if (KEYS[event.key] && single.checked) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

// Who speaks to the computer, or slips on keys, may turn the single ones off.
single.checked = localStorage.getItem("single-keys") !== "off";
single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));
ready();

// On paper nothing can be unfolded.
window.addEventListener("beforeprint", () => {
  for (const note of document.querySelectorAll("details.note")) note.open = true;
});
