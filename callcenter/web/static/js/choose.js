// A button that asks which one: its dialog lists the choices, each with a digit of its own while it is open.
import { ask } from "./ask.js";

let asking = null;

function chosen(dialog, button) {
  dialog.close();
  if (asking && button) ask(asking, JSON.parse(button.dataset.value));
}

addEventListener("click", (event) => {
  const opener = event.target.closest("button[data-choose]");
  if (opener && !opener.disabled) {
    event.preventDefault(); // ask.js: nothing is asked before the choice
    asking = opener;
    const dialog = document.getElementById(opener.dataset.choose);
    dialog.showModal();
    dialog.querySelector("[data-value]")?.focus();
    return;
  }
  const choice = event.target.closest("dialog[data-choices] [data-value]");
  if (choice) chosen(choice.closest("dialog"), choice);
}, true);

for (const dialog of document.querySelectorAll("dialog[data-choices]")) {
  dialog.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
    const choice = dialog.querySelector(`[data-pick="${event.key}"]`);
    if (!choice) return;
    event.preventDefault();
    event.stopPropagation(); // the dialog is closed by then: the same digit would classify the call
    chosen(dialog, choice);
  });
}
