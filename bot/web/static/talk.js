// Sends a message without loading the page anew; without this script the form does the same by itself.
"use strict";
(() => {
  const form = document.getElementById("say");
  const talk = document.getElementById("talk");
  const text = document.getElementById("text");
  const status = document.getElementById("status");
  const big = document.getElementById("big");
  const PATIENCE_MS = 20000;
  let waiting = false;

  big.addEventListener("change", () => document.documentElement.classList.toggle("big", big.checked));

  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (waiting) return;
    const tapped = event.submitter && event.submitter.name === "tap";
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    fields.delete("earlier");
    fields.delete("big");
    if (!tapped) fields.delete("pick");
    show(true);
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: fields,
        headers: { "X-Part": "1" },
        signal: AbortSignal.timeout?.(PATIENCE_MS),
      });
      const told = await answer.text();
      if (answer.headers.get("X-Part") !== "1") throw new Error("not an answer of the talk");
      append(told);
      if (!tapped) text.value = "";
      show(false);
    } catch {
      show(false, form.dataset.failed);
    }
  });

  function append(told) {
    document.getElementById("choices")?.remove();
    const before = talk.lastElementChild;
    // Written by our own server, every text in it escaped.
    talk.insertAdjacentHTML("beforeend", told);
    const first = before.nextElementSibling;
    first?.scrollIntoView({ block: "start", behavior: "smooth" });
    if (document.activeElement === document.body) {
      const reply = first?.nextElementSibling ?? first;
      reply?.setAttribute("tabindex", "-1");
      reply?.focus({ preventScroll: true });
    }
  }

  function show(isWaiting, sentence = "") {
    waiting = isWaiting;
    form.setAttribute("aria-busy", String(isWaiting));
    status.textContent = isWaiting ? form.dataset.sending : sentence;
  }
})();
