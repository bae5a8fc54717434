// The call taker's screen: wires the channel, the sheet, the keys and the buttons. Holds no state of calls.
import { isAway, keepPage, wasOpen } from "./away.js";
import { ask, post, settle, tell } from "./ask.js";
import { serverTime, tick } from "./clock.js";
import "./choose.js";
import "./end.js";
import "./places.js";
import "./keys.js";
import { keypad } from "./keypad.js";
import { live } from "./live.js";
import { paint } from "./morph.js";
import "./recall.js";
import "./mentions.js";
import { ring } from "./ring.js";
import { forgetOld } from "./save.js";
import * as sheet from "./sheet.js";
import "./phrases.js";
import "./told.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const afterPaint = (work) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = work; c.port2.postMessage(0); });
const region = (name) => document.querySelector(`[data-live="${name}"]`);
const link = $("link");
const BLIND_MS = 2000;
let mineNow = "", shut = "", blindSoon = 0, seenLast = null;

function picture(html) {
  if ("ring" in html) {
    // the banner first, alone; everything else after it is on the glass
    paint(region("ring"), html.ring);
    tick(region("ring"));
    afterPaint(() => ring(region("ring").firstElementChild));
  }
  const rest = Object.entries(html).filter(([name]) => name !== "ring");
  if (rest.length) afterPaint(() => draw(rest));
}

function draw(parts) {
  for (const [name, html] of parts) {
    const place = region(name);
    if (place) { paint(place, html); tick(place); }
  }
  sheet.drawn();
  settle();
  follow();
}

function follow() {
  const call = document.querySelector(".mine")?.dataset.call || "";
  if (call !== mineNow) { mineNow = call; shut = ""; }
  if (call && call !== shut) sheet.mine(call, channel.lookAt);
}

function state(what) {
  link.className = `pill ${what === "up" ? "good" : "bad"}`;
  link.textContent = { up: t("live"), down: t("no connection to the server"), "signed-out": t("signed out: sign in again") }[what];
  document.body.classList.toggle("stale", what !== "up");
  if (what !== "up") blindSoon ||= setTimeout(blind, BLIND_MS);
  else { sighted(); sheet.current()?.kick(); }
}

// "Nobody is waiting", or a ring that ended long ago, is not said by who has heard nothing for seconds.
function blind() {
  const place = region("ring");
  seenLast = place.innerHTML;
  paint(place, $("away").innerHTML);
  place.querySelector(".ring-label").textContent = link.textContent;
  ring(place.firstElementChild);
}

function sighted() {
  clearTimeout(blindSoon);
  blindSoon = 0;
  if (seenLast === null) return;
  paint(region("ring"), seenLast);
  seenLast = null;
  tick(region("ring"));
  ring(region("ring").firstElementChild);
}

const channel = live({ onPicture: picture, onState: state, onBeat: serverTime });

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.disabled) return;
  if (button.dataset.admit) admit(button);
  else if (button.dataset.noteLine) intoNotes(button.dataset.noteLine);
  else if (button.dataset.keypad) keypad(button.dataset.keypad);
  else if ("map" in button.dataset) import("./map.js").then((map) => map.openMap(button.dataset.map));
  else if (button.id === "done") done();
  else if (button.closest("#switch")) sheet.openWaiting(channel.lookAt);
  else if (button.dataset.open) openOther(button.dataset.open);
  else if (button.dataset.flush) {
    event.preventDefault();
    sheet.current()?.flush().then(() => ask(button));
  } else if (button.id === "close-ticket") {
    event.preventDefault();
    ask(button, { status: "CLOSED", disposition: $("disposition").value });
  }
}, true);

// Another ticket than my call's: only because she asked for it; the way back stays in sight.
addEventListener("open-ticket", (event) => openOther(event.detail));

async function openOther(call) {
  if (call === sheet.current()?.call) return;
  if (mineNow && call !== mineNow) shut = mineNow;
  await sheet.open(call, channel.lookAt);
  if (mineNow && call !== mineNow) sheet.wait(mineNow, t("Your call goes on; its ticket is not open."));
}

function admit(button) {
  const dialog = $("admit"), leg = button.dataset.admit, call = button.dataset.call;
  $("admit-agency").textContent = button.dataset.agency;
  $("admit-name").value = "";
  dialog.onclose = async () => {
    if (dialog.returnValue !== "yes") return;
    tell(`admit:${leg}`, t("asked…"), false);
    try { await post(`/calls/${call}/admit`, { leg, name: $("admit-name").value }); tell(`admit:${leg}`, "", false); } catch (error) { tell(`admit:${leg}`, error.message, true); }
  };
  dialog.returnValue = "";
  dialog.showModal();
}

// A question of the card begins a line of the notes; the answer is typed behind it.
function intoNotes(line) {
  const note = document.querySelector(".sheet #note");
  if (!note) return;
  note.focus({ preventScroll: true });
  note.setSelectionRange(note.value.length, note.value.length);
  document.execCommand("insertText", false, `${note.value && !note.value.endsWith("\n") ? "\n" : ""}${line} `); // so that Ctrl+Z knows of it
}

async function done() {
  const open = sheet.current();
  if (!open) return;
  await open.flush();
  try { await post(`/calls/${open.call}/status`, { status: "WRAPPED_UP" }); } catch (error) { tell("close", error.message, true); return; }
  shut = open.call;
  sheet.shut(channel.lookAt);
}

addEventListener("beforeunload", (event) => { if (sheet.current()?.dirty) event.preventDefault(); });
forgetOld();
serverTime(isAway ? Date.now() : Number($("main").dataset.now));
tick();
ring(region("ring").firstElementChild);
mineNow = document.querySelector(".mine")?.dataset.call || "";
channel.start(sheet.adopt());
if (isAway && wasOpen()) sheet.open(wasOpen(), channel.lookAt);
keepPage();
