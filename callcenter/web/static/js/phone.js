// The phone in the page: the strip under the banner. Asks for the microphone in words, signs in once per position (other
// tabs wait), and never lets a call be lost by an accident of the page. Whether the position can be reached is the
// server's word (the floor), not this script's.
import { post } from "./ask.js";
import { Line } from "./phone-line.js";
import { chosen, hear, hindrance, level, microphone, permission, useBell, useSpeaker } from "./phone-sound.js";
import { fillDevices, openDevices } from "./phone-devices.js";
import { openKeypad } from "./phone-keypad.js";
import { phoneRings } from "./ring.js";
import { t } from "./words.js";

const strip = document.getElementById("phone"), says = document.getElementById("phone-says");
const on = document.getElementById("phone-on");
const button = (name) => strip.querySelector(`[data-phone="${name}"]`);
const me = document.getElementById("phone-me"), caller = document.getElementById("phone-caller");
const position = document.getElementById("main").dataset.position;
const LEVEL_MS = 120, SILENT_S = 3, GONE_S = 6, UNSEEN_S = 6, TWICE_MS = 3000, FATAL = [400, 401, 403];
let line = null, stream = null, meters = [], problem = "", last = "", unseen = 0, armed = 0, switching = false;

// --- words -----------------------------------------------------------------------------------------------------------

function sentence() {
  const call = line?.call;
  if (call?.state === "ringing") return t("A call for this phone: {number}", { number: call.from });
  if (call?.state === "answering") return t("answering…");
  if (call) return talking(call);
  if (problem) return problem;
  if (!line) return t("The phone in this page is off.");
  if (line.signal === "refused") return t("Asterisk does not take this phone ({why}). Use the SIP phone; tell the supervisor.", { why: line.why });
  if (line.signal === "lost") return t("No signal to Asterisk. This phone cannot ring now; trying again…");
  if (line.signal === "connecting") return t("signing in at Asterisk…");
  if (unseen > UNSEEN_S) return t("Asterisk does not reach this phone; signing in again…");
  return last || t("Phone {position} is in this page, ready.", { position });
}

function talking(call) {
  if (line.hangUpLater) return t("Puts down as soon as Asterisk is heard again; your microphone is off.");
  if (line.signal !== "up") return t("No signal to Asterisk: the call goes on. Do not close or reload this page.");
  if (call.held) return t("Paused: the caller hears music.");
  const silent = call.silentSince && Math.floor((performance.now() - call.silentSince) / 1000);
  if (silent >= SILENT_S) return t("No sound has come for {seconds} s.", { seconds: silent });
  return call.muted ? t("Your microphone is off: the caller does not hear you.") : t("You speak.");
}

function show() {
  const call = line?.call, state = call ? call.state : problem || !line ? "off" : line.signal === "up" && unseen <= UNSEEN_S ? "ready" : "lost";
  strip.className = `phone ${state}${call?.held ? " held" : ""}${call?.muted ? " muted" : ""}`;
  const text = sentence();
  if (says.textContent !== text) says.textContent = says.title = text;
  const speaks = call?.state === "talking";
  button("answer").disabled = call?.state !== "ringing";
  button("hold").disabled = !line?.canChange;
  button("mute").disabled = button("keypad").disabled = !speaks;
  button("hangup").disabled = !call;
  button("hold").setAttribute("aria-pressed", String(Boolean(call?.held)));
  button("mute").setAttribute("aria-pressed", String(Boolean(call?.muted)));
  document.body.classList.toggle("phone-rings", call?.state === "ringing");
  phoneRings(call?.state === "ringing");
}

function say(text, canSwitchOn = false) {
  problem = text;
  on.hidden = !canSwitchOn;
  button("answer").hidden = canSwitchOn; // one place for both: they share their key
  show();
}

// --- on and off ------------------------------------------------------------------------------------------------------

async function account() {
  try {
    return await post("/phone");
  } catch (error) {
    if (!FATAL.includes(error.status) || line?.call) return null; // our service is away, Asterisk is not; or she speaks
    switchOff(error.message);
    throw error;
  }
}

async function switchOn() {
  if (switching || line) return;
  switching = true;
  say(t("opening the microphone…"));
  try {
    await takeMicrophone();
    const given = await account();
    if (!given) throw new Error(t("The server did not answer. Switch the phone on again in a moment."));
    const { default: JsSIP } = await import(strip.dataset.library);
    say("");
    line = new Line(JsSIP, given, { tell: changed, heard, busy: speaksElsewhere, renew: async () => { try { await account(); return true; } catch { return false; } } });
    show();
  } catch (error) {
    say(error.message, true);
  } finally {
    switching = false;
  }
}

function switchOff(why) {
  line?.leave();
  line = null;
  for (const track of stream?.getTracks() || []) { track.onended = null; track.stop(); }
  stream = null;
  listenIn();
  say(why, true);
}

async function takeMicrophone() {
  const fresh = await microphone(), old = stream;
  stream = fresh;
  fresh.getAudioTracks()[0].onended = microphoneGone;
  await line?.speakThrough(fresh);
  for (const track of old?.getTracks() || []) { track.onended = null; track.stop(); }
  await Promise.all([useSpeaker(), useBell()]);
  listenIn();
  await fillDevices();
}

// A phone that rings but cannot speak is worse than none: the SIP phone, or the colleagues, ring instead.
async function microphoneGone() {
  try { await takeMicrophone(); } catch (error) {
    if (!line?.call) switchOff(error.message); else { problem = error.message; show(); }
  }
}

async function plugged() {
  await fillDevices();
  if (!line && !on.hidden && await permission() === "granted") switchOn();
  else if (line && stream && chosen.microphone && stream.getAudioTracks()[0].getSettings().deviceId !== chosen.microphone) takeMicrophone().catch(() => {});
  useSpeaker();
  useBell();
}

// --- a call ----------------------------------------------------------------------------------------------------------

function changed(cause = "") {
  if (line && !line.call) last = cause && cause !== "Canceled" && cause !== "Rejected" ? t("The last call did not come about ({why}).", { why: cause }) : "";
  show();
}

let remote = null;
function heard(arrived) {
  remote = arrived;
  hear(arrived);
  listenIn();
}

function listenIn() {
  for (const each of meters) each.level.end();
  meters = [[me, stream], [caller, remote]].filter(([, sound]) => sound).map(([node, sound]) => ({ node, level: level(sound) }));
  me.value = caller.value = 0;
}

function hangUp() {
  const key = button("hangup");
  if (line?.call?.state === "talking" && !armed) { // the key lies beside letters: twice, like every ending
    key.classList.add("armed-now");
    armed = setTimeout(disarm, TWICE_MS);
    return;
  }
  disarm();
  line?.hangUp();
}

function disarm() {
  clearTimeout(armed);
  armed = 0;
  button("hangup").classList.remove("armed-now");
}

const DEEDS = {
  answer: () => line?.answer(stream),
  hold: () => line?.hold(),
  mute: () => line?.mute(),
  keypad: () => openKeypad((digit) => line?.press(digit)),
  hangup: hangUp,
  devices: () => openDevices(() => stream, takeMicrophone),
};

// --- once a second: the server's word, and whether sound comes ---------------------------------------------------------

function floor() {
  const seat = document.querySelector('[data-live="status"] [data-page-phone]');
  const blind = document.body.classList.contains("stale") || !seat || seat.dataset.line !== "up";
  return { blind, here: seat?.dataset.pagePhone === "1", speaking: Boolean(document.querySelector(".mine")?.dataset.call) };
}

// She speaks on her SIP phone, though Asterisk does not let this one rest (it signed in only now).
function speaksElsewhere() {
  const now = floor();
  return !now.blind && now.speaking;
}

async function look() {
  if (!line) return;
  const silentSince = await line.listen(), now = floor();
  unseen = line?.signal === "up" && !now.blind && !now.here ? unseen + 1 : 0;
  if (unseen && unseen % UNSEEN_S === 0) line.ua.register();
  // Asterisk's BYE may get lost with the signalling: no call on the floor and no sound means that it is over.
  const silent = silentSince && performance.now() - silentSince > GONE_S * 1000;
  if (silent && !now.blind && !now.speaking && !line.call?.held) line.leaveCall();
  show();
}

setInterval(look, 1000);
setInterval(() => { if (line?.call) for (const { node, level: ears } of meters) node.value = ears.now(); else if (me.value) me.value = caller.value = 0; }, LEVEL_MS);

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-phone]");
  if (pressed && !pressed.disabled) DEEDS[pressed.dataset.phone]?.();
});
on.addEventListener("click", switchOn);
// Keys of its own, which work from inside any field and dialog: a telephone does not wait for Esc.
addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !/^F\d+$/.test(event.key)) return;
  const keys = [...strip.querySelectorAll(`[data-phone-key="${event.key}"]`)];
  if (!keys.length) return;
  event.preventDefault();
  keys.find((each) => !each.hidden && !each.disabled)?.click();
}, true);
navigator.mediaDevices?.addEventListener("devicechange", plugged);
addEventListener("beforeunload", (event) => { if (line?.call) event.preventDefault(); });
addEventListener("pagehide", () => line?.leave());

// One tab only: the others wait until it is closed.
async function begin() {
  const why = hindrance();
  if (why) { say(why); return; }
  const name = `phone-${position}`;
  const free = await navigator.locks.request(name, { ifAvailable: true }, (lock) => Boolean(lock));
  if (!free) say(t("Phone {position} is in another tab of this browser: it rings there. Closed there, it comes here.", { position }));
  navigator.locks.request(name, () => { ready(); return new Promise(() => {}); });
}

async function ready() {
  const allowed = await permission();
  if (allowed === "granted") switchOn();
  else if (allowed === "prompt") say(t("To speak here the phone needs the microphone. Switch it on: the browser asks, choose \"Allow\"."), true);
  else say(t("The browser may not use the microphone. Press the sign beside the address above, allow the microphone, then switch the phone on."), true);
}

begin();
