// The proposal of a change: says that it is being judged, and leads from a finding to its line. Works without.
"use strict";

const text = document.getElementById("text");
const form = document.getElementById("propose");

// Puts the cursor on the line and brings it into view.
function goTo(line) {
  const lines = text.value.split("\n");
  const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(from, from + (lines[line - 1] || "").length);
  text.scrollTop = (text.scrollHeight / lines.length) * Math.max(0, line - 4);
}

for (const link of document.querySelectorAll("[data-line]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    goTo(Number(link.dataset.line));
  });
}

form.addEventListener("submit", () => {
  document.getElementById("busy").textContent = "正在核对，要几秒钟……";
  form.querySelector("button").disabled = true;
});
// Whoever comes back finds the button as it was.
window.addEventListener("pageshow", () => {
  document.getElementById("busy").textContent = "";
  form.querySelector("button").disabled = false;
});

const named = /^#line-(\d+)$/.exec(location.hash);
const outcome = document.getElementById("outcome");
if (named) {
  goTo(Number(named[1]));
} else if (outcome) {
  outcome.focus();
}
