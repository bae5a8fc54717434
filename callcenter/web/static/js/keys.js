// One key, one deed. Outside a field the key alone; inside a field Esc first, so that digits are never eaten from notes.
const ARMED_MS = 2500;
const FIELDS = { t: "place", k: "category", p: "caller_name", c: "note", ":": "disposition" };
const armedSign = document.getElementById("armed");
let armed = 0, digitsOnly = false;

function typing(node) {
  return node && (node.tagName === "TEXTAREA" || node.tagName === "SELECT" || (node.tagName === "INPUT" && node.type !== "radio"));
}

function arm(on, digits = false) {
  clearTimeout(armed);
  digitsOnly = digits;
  armed = on ? setTimeout(arm, ARMED_MS, false) : 0;
  armedSign.hidden = !on || digits;
}

// Esc that closed a list: who goes on typing types, but a digit is the class, as after any Esc.
export function armDigits() {
  arm(true, true);
}

function press(key) {
  if (key === "?") { document.getElementById("help").showModal(); return true; }
  const field = FIELDS[key] && document.querySelector(`.sheet #${FIELDS[key]}`);
  if (field) { field.focus(); field.select?.(); if (field.tagName === "TEXTAREA") field.setSelectionRange(field.value.length, field.value.length); return true; }
  const shown = [...document.querySelectorAll(`[data-key="${CSS.escape(key.toUpperCase())}"]`)].find((b) => !b.disabled && b.offsetParent);
  if (!shown) return false;
  shown.click();
  if (shown.tagName === "SUMMARY") unfolded(shown.parentElement).scrollIntoView({ block: "nearest" });
  if (shown.tagName === "SUMMARY" && shown.parentElement.open) shown.parentElement.querySelector("button, input, ol[tabindex]")?.focus();
  return true;
}

// What is brought into sight: beside the sheet all of it; on the sheet its head, since she types above it.
function unfolded(fold) {
  const column = fold.closest(".left, .right");
  return fold.open && column && fold.offsetHeight < column.clientHeight ? fold : fold.querySelector("summary");
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  // Esc again does not take it back: in a hurry one presses twice, and the digit must not land in the notes.
  if (event.key === "Escape") { arm(true); event.preventDefault(); return; }
  if (event.key.length !== 1 || event.repeat) return;
  if (digitsOnly && !/^[0-9]$/.test(event.key)) arm(false);
  if (typing(event.target) && !armed) return;
  const wasArmed = Boolean(armed);
  arm(false);
  if (press(event.key.toLowerCase()) || wasArmed) event.preventDefault();
});
