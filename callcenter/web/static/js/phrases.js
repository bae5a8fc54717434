// Phrases by shortcut: ".kb " in the note becomes the sentence of the city's list, in this page alone, so also without a
// network. What is typed is never eaten: only a whole shortcut that stands alone, right when its space is typed; Ctrl+Z
// brings it back, and then it stays. The list below the note shows what fits while a shortcut is typed.
import { armDigits } from "./keys.js";

const known = new Map(JSON.parse(document.getElementById("phrases")?.textContent || "[]"));
const BEGUN = /(?:^|\s)\.([a-z][a-z0-9]*)?$/i, WHOLE = /(?:^|\s)\.([a-z][a-z0-9]*)(\s)$/i;
const MOST = 40;
let options = [], active = -1, own = false;

const note = () => document.querySelector(".sheet #note");
const list = () => document.getElementById("phrase-list");
const before = (field) => field.value.slice(0, field.selectionStart);

addEventListener("input", (event) => {
  const field = event.target;
  if (field !== note() || event.isComposing || !known.size || own) return;
  if (event.inputType === "historyUndo") field.setSelectionRange(field.selectionEnd, field.selectionEnd); // what came back is not overtyped
  if (field.selectionStart !== field.selectionEnd) { close(); return; }
  const typed = event.inputType === "insertText" || event.inputType === "insertLineBreak";
  const whole = typed && WHOLE.exec(before(field));
  if (whole && known.has(whole[1].toLowerCase())) { put(field, known.get(whole[1].toLowerCase()), whole[2], whole[1].length + 2); return; }
  const begun = typed || event.inputType === "deleteContentBackward" ? BEGUN.exec(before(field)) : null;
  if (begun) show((begun[1] || "").toLowerCase());
  else close();
});

// The browser's own command, so that its own undo knows of it.
function put(field, text, after, length) {
  const end = field.selectionStart, start = end - length;
  close();
  field.setSelectionRange(start, end);
  const said = text.replace(/\s+$/, "") + after;
  own = true; // a phrase may end like a shortcut
  if (!document.execCommand("insertText", false, said)) {
    field.setRangeText(said, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  own = false;
}

function show(letters) {
  const place = list();
  options = [...known].filter(([shortcut]) => shortcut.startsWith(letters)).slice(0, MOST);
  active = -1;
  if (!place || !options.length) { close(); return; }
  place.replaceChildren(...options.map(([shortcut, text], number) => {
    const item = document.createElement("li"), code = document.createElement("code"), said = document.createElement("span");
    item.id = `phrase-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    code.textContent = `.${shortcut}`;
    said.textContent = text;
    item.append(code, said);
    item.onmousedown = (event) => { event.preventDefault(); pick(number); };
    return item;
  }));
  place.hidden = false;
  note().removeAttribute("aria-activedescendant");
}

function mark(number) {
  active = number;
  for (const [at, item] of [...list().children].entries()) item.setAttribute("aria-selected", String(at === number));
  note().setAttribute("aria-activedescendant", `phrase-${number}`);
  list().children[number].scrollIntoView({ block: "nearest" });
}

function close() {
  options = [];
  active = -1;
  const place = list();
  if (place && !place.hidden) { place.hidden = true; place.replaceChildren(); note()?.removeAttribute("aria-activedescendant"); }
}

function pick(number) {
  const field = note(), begun = BEGUN.exec(before(field));
  field.focus();
  if (begun) put(field, options[number][1], " ", (begun[1] || "").length + 1);
}

// Before keys.js: arrows are the list's while it is open; Enter only once a line is marked; Esc closes it, and a digit after it is the class.
addEventListener("keydown", (event) => {
  if (!options.length || event.target !== note() || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") mark((active + (event.key === "ArrowDown" ? 1 : options.length + (active < 0 ? 1 : 0) - 1)) % options.length);
  else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) pick(active);
  else if (event.key === "Escape") { close(); armDigits(); event.stopImmediatePropagation(); }
  else return;
  event.preventDefault();
}, true);

addEventListener("focusout", (event) => { if (event.target === note()) setTimeout(close, 150); });

// The button beside the note: begins a shortcut where the caret stands.
document.addEventListener("click", (event) => {
  if (!event.target.closest("#phrases-open")) return;
  const field = note();
  field.focus({ preventScroll: true });
  if (BEGUN.test(before(field))) show((BEGUN.exec(before(field))[1] || "").toLowerCase());
  else document.execCommand("insertText", false, /(^|\s)$/.test(before(field)) ? "." : " .");
});
