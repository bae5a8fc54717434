// What an agency tells the desk by phone: one click for each step; an acceptance asks for the name of who gave it.
import { ask } from "./ask.js";

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
