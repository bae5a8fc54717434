// What was just said, again, while the call and its recording go on. Press again: what is newest now.
// Taken in one piece: the recording grows, so a second request would be another minute.
import { t } from "./words.js";

const box = document.getElementById("recall");
const sound = box.querySelector("audio"), said = box.querySelector(".said");

function shut() {
  sound.pause();
  if (sound.src.startsWith("blob:")) URL.revokeObjectURL(sound.src);
  sound.removeAttribute("src");
}

async function open(call) {
  shut();
  said.textContent = "";
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
  try {
    const answer = await fetch(`/calls/${call}/recall`, { headers: { Accept: "audio/wav, application/json" } });
    if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error?.sentence);
    sound.src = URL.createObjectURL(await answer.blob());
    await sound.play();
  } catch (error) {
    if (!sound.src) said.textContent = (error.name === "Error" && error.message) || t("The server did not answer.");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.disabled) return;
  if (button.dataset.recall) open(button.dataset.recall);
  else if (button.dataset.last && sound.src) {
    sound.currentTime = Math.max(0, (sound.duration || 0) - Number(button.dataset.last));
    sound.play().catch(() => {});
  } else if (button.id === "recall-close") {
    shut();
    sound.load();
    box.hidden = true;
  }
});
