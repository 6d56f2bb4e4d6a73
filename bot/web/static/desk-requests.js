// Keeps the list and the alarm up to date, sounds for an urgent call, and says when an open call was moved.
"use strict";
const PARTS = ["alarm", "shows", "narrow", "rows"];
const live = document.getElementById("live");
const sound = document.getElementById("sound");
const call = document.getElementById("call");
const title = document.title;
const EVERY_MS = 60000;
const AGAIN_MS = 20000;
const LOST_MS = 10000;
let busy = false;
let once_more = false;
let ended = false;
let stream = null;
let heard = new Set();
let audio = null;
let tone = null;

// Read aloud where it matters, and not each minute.
function say(words, matters) {
  if (matters) live.setAttribute("role", "status");
  else live.removeAttribute("role");
  if (live.textContent !== words) live.textContent = words;
}

function clock() {
  return new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
}

// ── what changes on the page ──

function place(page) {
  for (const part of PARTS) {
    const old = document.getElementById(part);
    const fresh = page.getElementById(part);
    if (!old || !fresh) continue;
    if (part === "alarm") old.dataset.numbers = fresh.dataset.numbers;
    if (old.innerHTML === fresh.innerHTML) continue;
    // Nobody's choice is taken away while it is made.
    if (part === "narrow" && old.contains(document.activeElement)) continue;
    const focus = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
    old.innerHTML = fresh.innerHTML;
    if (focus) [...old.querySelectorAll("a")].find((one) => one.getAttribute("href") === focus)?.focus();
  }
  alarm();
}

async function refresh() {
  if (ended) return;
  if (busy) { once_more = true; return; }
  busy = true;
  try {
    const answer = await fetch("/desk/requests/part" + (call ? `?but=${call.dataset.number}` : location.search),
      { headers: { "X-Refresh": "1" }, redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect" || answer.status === 403) { over(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    place(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (call) await compare();
    if (!ended) say(`自动更新，${clock()}看过`);
  } catch {
    say("现在连不上，看到的可能是旧的。会自己再试", true);
  } finally {
    busy = false;
    if (once_more) { once_more = false; refresh(); }
  }
}

async function compare() {
  const answer = await fetch(`/desk/requests/${call.dataset.number}/version`,
    { headers: { "X-Refresh": "1" }, redirect: "manual", cache: "no-store" });
  if (!answer.ok) return;
  const told = await answer.json();
  if (String(told.version) === call.dataset.version) return;
  const moved = document.getElementById("moved");
  const link = Object.assign(document.createElement("a"), { href: `/desk/requests/${call.dataset.number}`, textContent: "看新的" });
  moved.replaceChildren(`这一单刚有变动。${told.whose}。`, link);
  moved.hidden = false;
}

function over() {
  ended = true;
  stream?.close();
  const link = Object.assign(document.createElement("a"), { href: location.pathname + location.search, textContent: "重新登录" });
  live.setAttribute("role", "alert");
  live.replaceChildren("您已经退出，这一页不再更新。", link);
  live.classList.add("fault");
  document.title = title;
}

// ── the alarm ──

function waiting() {
  return (document.getElementById("alarm").dataset.numbers || "").split(" ").filter(Boolean);
}

function alarm() {
  const numbers = waiting();
  document.title = numbers.length ? `（${numbers.length}个紧急）${title}` : title;
  if (numbers.some((one) => !heard.has(one))) play();
  heard = new Set(numbers);
  keep(sessionStorage, "desk-heard", numbers.join(" "));
}

function play() {
  if (!audio || audio.state !== "running" || !tone) return;
  const source = audio.createBufferSource();
  source.buffer = tone;
  source.connect(audio.destination);
  source.start();
  sound.dataset.played = String(Number(sound.dataset.played || 0) + 1);
}

function show_sound() {
  const on = audio !== null && audio.state === "running";
  sound.setAttribute("aria-pressed", String(on));
  sound.textContent = on ? "提示音开着，点一下关" : "点一下，开提示音";
}

async function turn_on() {
  audio ||= new AudioContext();
  // Where no click allows it, it would wait for ever.
  await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 500))]);
  if (!tone) {
    const answer = await fetch(sound.dataset.sound);
    tone = await audio.decodeAudioData(await answer.arrayBuffer());
  }
  show_sound();
}

// A browser that keeps nothing is asked each time.
function keep(store, name, value) {
  try { store.setItem(name, value); } catch { /* nothing is lost but the wish */ }
}

function kept(store, name) {
  try { return store.getItem(name) || ""; } catch { return ""; }
}

sound.addEventListener("click", async () => {
  if (audio?.state === "running") {
    await audio.suspend();
    keep(localStorage, "desk-sound", "off");
    show_sound();
    return;
  }
  keep(localStorage, "desk-sound", "on");
  try {
    await turn_on();
    play();
  } catch {
    sound.textContent = "这个浏览器放不出提示音";
  }
});

// ── what tells us ──

function listen() {
  if (ended) return;
  stream = new EventSource("/desk/requests/events");
  stream.addEventListener("changed", refresh);
  stream.addEventListener("over", over);
  stream.addEventListener("error", () => {
    // Refused for good, such as when too many listen: look by ourselves meanwhile.
    if (stream.readyState !== EventSource.CLOSED || ended) return;
    refresh();
    setTimeout(listen, LOST_MS);
  });
}

sound.hidden = false;
const finding = document.getElementById("finding");
if (finding && matchMedia("(min-width: 56em)").matches) finding.open = true;
// Numbers of calls, nothing else; so that a call that came between two pages is heard.
heard = new Set(kept(sessionStorage, "desk-heard").split(" "));
if (kept(localStorage, "desk-sound") === "on") {
  turn_on().catch(show_sound).then(alarm);
  // Some browsers want a click on each page; any will do.
  document.addEventListener("pointerup", (event) => {
    if (audio?.state !== "running" && event.target !== sound) turn_on().catch(show_sound);
  }, { once: true });
} else {
  alarm();
}
listen();
setInterval(refresh, EVERY_MS);
setInterval(() => { if (waiting().length) play(); }, AGAIN_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
window.addEventListener("pagehide", () => stream?.close());
window.addEventListener("pageshow", (event) => { if (event.persisted) { refresh(); listen(); } });
