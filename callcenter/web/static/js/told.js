// What an agency tells the desk by phone: one click for each step; an acceptance asks for the name of who gave it.
// And the other way: the request as text with its link, to copy into a messenger.
import { ask, post, tell } from "./ask.js";
import { current } from "./sheet.js";
import { t } from "./words.js";

const dialog = document.getElementById("told"), name = document.getElementById("told-name");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-told]");
  if (!button || button.disabled) return;
  event.preventDefault();
  document.getElementById("told-agency").textContent = button.dataset.told;
  name.value = "";
  dialog.onclose = () => { if (dialog.returnValue === "yes") ask(button, { answer: "ACCEPTED", name: name.value }); };
  dialog.returnValue = "";
  dialog.showModal();
}, true);

const hand = document.getElementById("hand"), text = document.getElementById("hand-text"), copy = document.getElementById("hand-copy");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-hand]");
  if (!button || button.disabled) return;
  event.preventDefault();
  tell(button.dataset.ask, t("asked…"), false);
  try {
    await current()?.flush(); // the text tells what stands in the fields, also what she typed a moment ago
    text.value = (await post(button.dataset.hand, JSON.parse(button.dataset.body || "{}"))).text;
    if (button.dataset.copy && await copied()) { tell(button.dataset.ask, t("Recorded and copied: paste it into the messenger."), false); return; }
    tell(button.dataset.ask, "", false);
    hand.showModal();
    text.select();
  } catch (error) {
    tell(button.dataset.ask, error.message, true);
  }
}, true);

async function copied() { // without https there is no clipboard: then the text stands in the dialog
  try { await navigator.clipboard.writeText(text.value); return true; } catch { return false; }
}

copy.addEventListener("click", async () => {
  text.select();
  try { await navigator.clipboard.writeText(text.value); } catch { document.execCommand("copy"); } // without https there is no clipboard
  hand.close();
});
