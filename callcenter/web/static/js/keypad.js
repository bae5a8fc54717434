// Keys for an agency's menu, one at a time: a button, or the same key on the keyboard while the pad is open.
import { post } from "./ask.js";

const dialog = document.getElementById("keypad"), said = document.getElementById("pad-said");
let path = "", sent = "";

async function press(key) {
  said.classList.remove("no");
  try {
    await post(path, { keys: key });
    sent += key;
    said.textContent = sent;
  } catch (error) {
    said.classList.add("no");
    said.textContent = error.message;
  }
}

export function keypad(where) {
  path = where;
  sent = said.textContent = "";
  dialog.showModal();
}

dialog.addEventListener("click", (event) => {
  const key = event.target.closest("[data-pad]")?.dataset.pad;
  if (key) press(key);
});
dialog.addEventListener("keydown", (event) => {
  if (/^[0-9*#]$/.test(event.key) && !event.repeat) { event.preventDefault(); press(event.key); }
});
