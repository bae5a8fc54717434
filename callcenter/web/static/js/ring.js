// A ringing call is impossible to miss: title, icon and sound beside the banner, which the server paints.
const icon = document.getElementById("icon");
const soundButton = document.getElementById("sound");
const quiet = document.title;
const notices = document.getElementById("notices");
let notice = null, audio = null, timer = 0, blink = 0, ringing = "", title = "", onFloor = "", onPhone = "", through = null;

function context() {
  audio ||= window.AudioContext ? new AudioContext() : null;
  return audio;
}

function allowSound() {
  const here = context();
  if (here?.state === "suspended") here.resume().then(show, show);
  else show();
}

function show() {
  soundButton.hidden = !audio || audio.state === "running";
}

export { context as ringContext };

// The phone in the page may ring on another loudspeaker than the one for all.
export function ringThrough(node) {
  through = node;
}

export function burst() {
  const here = context();
  if (!here || here.state !== "running") { show(); return; }
  for (const [start, pitch] of [[0, 950], [0.22, 760], [0.44, 950], [0.66, 760]]) {
    const tone = here.createOscillator(), volume = here.createGain(), at = here.currentTime + start;
    tone.type = "triangle";
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.28, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
    tone.connect(volume).connect(through || here.destination);
    tone.start(at);
    tone.stop(at + 0.21);
  }
}

function turn() {
  blink += 1;
  document.title = ringing && blink % 2 ? title : title ? `${title.split(" ")[0]} ${quiet}` : quiet;
  const name = ringing && blink % 2 ? "ringing" : "idle";
  if (icon.dataset.now !== name) { icon.dataset.now = name; icon.href = icon.dataset[name]; }
}

export function ring(banner) {
  onFloor = banner?.dataset.ringing || "";
  title = banner?.dataset.title || "";
  say("say-now", banner?.dataset.sayNow);
  say("say", banner?.dataset.say);
  follow();
}

// To a screen reader the banner is one short sentence, once: its seconds and its details would be read for ever.
function say(id, words = "") {
  const place = document.getElementById(id);
  if (place && place.textContent !== words) place.textContent = words;
}

// The phone in the page rings, whether our server lives or not.
export function phoneRings(on) {
  if (on === Boolean(onPhone)) return;
  onPhone = on ? "phone" : "";
  follow();
}

function follow() {
  const now = onFloor || onPhone, news = now !== ringing;
  if (now && news) burst();
  ringing = now;
  if (news) announce();
  blink = 0;
  turn();
  clearInterval(timer);
  if (ringing) timer = setInterval(() => { turn(); if (blink % 2 === 0) burst(); }, 1000);
  else document.title = title || quiet;
}

// A window that is not in front: a notice of the desktop, where she allowed it once; it goes when the ringing ends.
function announce() {
  notice?.close();
  notice = null;
  if (!ringing || document.hasFocus() || !window.Notification || Notification.permission !== "granted") return;
  notice = new Notification(title || quiet, { tag: "112", body: document.querySelector(".ring.loud .ring-more span")?.textContent || "", requireInteraction: true, silent: true });
  notice.onclick = () => { window.focus(); notice?.close(); };
}

if (notices && window.Notification?.permission === "default" && isSecureContext) {
  notices.hidden = false;
  notices.onclick = async () => { await Notification.requestPermission(); notices.hidden = Notification.permission !== "default"; };
}

addEventListener("pointerdown", allowSound);
addEventListener("keydown", allowSound);
soundButton.addEventListener("click", allowSound);
context();
show();
