// The ticket's sheet: opens by itself when a call becomes mine, but never in place of one that is being typed into.
import { opened } from "./away.js";
import { paint } from "./morph.js";
import { sheetKeeper } from "./save.js";
import { t } from "./words.js";

const place = document.getElementById("sheet");
const nothing = document.getElementById("nothing");
const bar = document.getElementById("switch");
let keeper = null, opening = "", waiting = "";

// On a narrow screen what comes and goes stands below an open ticket, never above what she types into.
function writing() {
  place.closest("main").classList.toggle("writing", Boolean(keeper));
}

export function current() {
  return keeper;
}

function adopt() {
  const sheet = place.querySelector(".sheet");
  keeper = sheet ? sheetKeeper(sheet) : null;
  nothing.hidden = Boolean(sheet || place.querySelector("[data-protected]"));
  writing();
  if (keeper) { opened(keeper.call); drawn(); }
  return keeper?.call || "";
}

// After every picture: values for idle fields; my own note is in the field already.
export function drawn() {
  if (!keeper) return;
  const head = place.querySelector("[data-fields]");
  if (head) keeper.fill(JSON.parse(head.dataset.fields));
  for (const note of place.querySelectorAll("[data-note]")) note.hidden = note.dataset.note === keeper.noteKey;
  const written = place.querySelector("#written");
  if (written) written.hidden = !written.querySelector("[data-note]:not([hidden])");
}

function inUse() {
  return Boolean(keeper) && place.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
}

export function mine(call, lookAt) {
  if (!call || call === keeper?.call || call === opening) {
    if (!call || call === keeper?.call) { waiting = ""; bar.hidden = true; }
    return;
  }
  if (inUse()) { wait(call, t("A new call is at your position.")); return; }
  open(call, lookAt);
}

// That call's ticket is one key away.
export function wait(call, why) {
  waiting = call;
  bar.querySelector("span").textContent = why;
  bar.hidden = false;
}

async function fetched(call) {
  try {
    const answer = await fetch(`/calls/${call}/sheet`, { headers: { Accept: "text/html" } });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

export async function open(call, lookAt) {
  opening = call;
  keeper?.flush();
  const html = await fetched(call);
  if (opening !== call) return; // another one was opened meanwhile
  if (html === null) {
    setTimeout(() => { if (opening === call) open(call, lookAt); }, 1000);
    return;
  }
  opening = waiting = "";
  bar.hidden = true;
  place.replaceChildren();
  paint(place, html);
  adopt();
  lookAt(call);
  place.querySelector("#note, #reason")?.focus({ preventScroll: true });
}

export function openWaiting(lookAt) {
  if (waiting) open(waiting, lookAt);
}

export function shut(lookAt) {
  keeper?.flush();
  place.replaceChildren();
  keeper = null;
  opening = "";
  opened("");
  nothing.hidden = false;
  writing();
  lookAt("");
}

export { adopt };
