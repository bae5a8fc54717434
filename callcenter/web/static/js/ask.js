// Buttons that ask for something: "asked…" until the floor moves; a refusal stands in words beside the button.
// Nothing is shown as done that was not: the server's next picture is the only proof.
import { takeMode } from "./mode.js";
import { t } from "./words.js";

const LATE_MS = 8000, TWICE_MS = 3000;
const asked = new Map(); // key -> {now, text, no}
const armed = new Map(); // deed -> {now}: asked for once; a picture between her two presses takes nothing back
const deedOf = ({ dataset }) => `${dataset.ask} ${dataset.post} ${dataset.body}`;

export async function post(path, body, timeout = 8000) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": document.body.dataset.csrf },
      body: JSON.stringify(body || {}),
      signal: stop.signal,
    });
    const data = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(data.error?.sentence || t("The server did not answer.")), { status: answer.status, details: data.error || {} });
    return data;
  } catch (error) {
    if (error.status) throw error;
    throw Object.assign(new Error(t("The server cannot be reached. Nothing is known to have happened; use the phone.")), { status: 0, details: {} });
  } finally {
    clearTimeout(timer);
  }
}

function say(key, text, no = false, now = undefined) {
  const shown = document.querySelector(`[data-ask="${CSS.escape(key)}"][data-now]`)?.dataset.now; // it stands until that moves
  asked.set(key, { now: now ?? asked.get(key)?.now ?? shown ?? "", text, no });
  show();
}

export function show() {
  for (const node of document.querySelectorAll("[data-said]")) {
    const known = asked.get(node.dataset.said);
    const text = known ? known.text : "";
    if (node.textContent !== text) node.textContent = text;
    node.classList.toggle("no", Boolean(known?.no));
  }
}

// After a new picture: what was asked for has moved, or is gone.
export function settle() {
  const now = new Map();
  for (const node of document.querySelectorAll("[data-ask]")) if ("now" in node.dataset) now.set(node.dataset.ask, node.dataset.now);
  for (const [key, known] of asked) if (now.has(key) && now.get(key) !== known.now) asked.delete(key);
  for (const node of document.querySelectorAll("[data-twice]")) node.classList.toggle("armed-now", armed.get(deedOf(node))?.now === (node.dataset.now || ""));
  show();
}

export async function ask(button, body) {
  const key = button.dataset.ask, now = button.dataset.now || "", deed = deedOf(button);
  if (button.dataset.twice && armed.get(deed)?.now !== now) {
    const once = { now };
    armed.set(deed, once);
    button.classList.add("armed-now");
    say(key, button.dataset.twice, false, now);
    setTimeout(() => { if (armed.get(deed) === once) { armed.delete(deed); button.classList.remove("armed-now"); } if (asked.get(key)?.text === button.dataset.twice) { asked.delete(key); show(); } }, TWICE_MS);
    return;
  }
  armed.delete(deed);
  button.classList.remove("armed-now");
  say(key, t("asked…"), false, now);
  try {
    const usual = JSON.parse(button.dataset.body || "{}");
    if (key.startsWith("forward:")) usual.mode = takeMode() || "WARM";
    await post(button.dataset.post, body || usual);
    setTimeout(() => { if (asked.get(key)?.text === t("asked…")) say(key, key === "class" || key === "close" ? "" : t("Asked, but nothing has been seen of it yet.")); }, LATE_MS);
    if (key === "close") say(key, "");
  } catch (error) {
    say(key, error.message, true, now);
  }
}

export function tell(key, text, no) {
  say(key, text, no);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-post]");
  if (!button || button.disabled || event.defaultPrevented) return;
  ask(button);
});
