// What is opened from the sheet. What a note speaks of: a place is proposed under the place field, a number shows its earlier calls, a ticket opens.
import { tell } from "./ask.js";
import { propose } from "./places.js";
import { t } from "./words.js";

const dialog = document.getElementById("number"), place = document.getElementById("number-place");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.open && dialog.contains(button)) dialog.close();
  const { mention, value, name } = button.dataset;
  if (mention === "PLACE") propose(value, name, t("from the notes"));
  else if (mention === "NUMBER") number(value);
  else if (mention === "TICKET") ticket(value);
});

async function got(path, kind = "json") {
  tell("mention", "", false);
  try {
    const answer = await fetch(path, { headers: { Accept: "application/json" } });
    if (answer.ok) return await answer[kind]();
    const said = await answer.json().catch(() => ({}));
    tell("mention", said.error?.sentence || t("The server did not answer."), true);
  } catch {
    tell("mention", t("The server cannot be reached."), true);
  }
  return null;
}

async function number(value) {
  const html = await got(`/numbers?n=${encodeURIComponent(value)}`, "text");
  if (html === null) return;
  place.innerHTML = html; // painted and escaped by our server
  dialog.showModal();
}

// The story is read when it is unfolded, and again each time.
document.addEventListener("toggle", async (event) => {
  const node = event.target;
  if (!node.dataset?.story || !node.open) return;
  const html = await got(node.dataset.story, "text");
  if (html !== null) node.querySelector("ol").innerHTML = html; // painted and escaped by our server
}, true);

async function ticket(value) {
  const found = await got(`/tickets/${encodeURIComponent(value)}/call`);
  if (found) dispatchEvent(new CustomEvent("open-ticket", { detail: found.call }));
}
