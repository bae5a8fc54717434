// The place field finds streets, kelurahan and landmarks while somebody types, and reads coordinates, Plus Codes and map
// links. Nothing is taken over by itself: what stands in the field is what she typed, until she picks a line.
import { post } from "./ask.js";
import { armDigits } from "./keys.js";
import { t } from "./words.js";

const QUIET_MS = 120;
let timer = 0, asked = 0, options = [], active = -1;

const field = () => document.querySelector(".sheet #place");
const list = () => document.getElementById("place-list");

addEventListener("input", (event) => {
  if (event.target !== field() || event.isComposing) return;
  clearTimeout(timer);
  timer = setTimeout(find, QUIET_MS);
});

addEventListener("focusout", (event) => { if (event.target === field()) setTimeout(close, 150); });

// Before keys.js: arrows and Enter are the list's while it is open; Esc closes it, and a digit after it is the class.
addEventListener("keydown", (event) => {
  if (event.target !== field() || event.isComposing) return;
  if (event.key === "ArrowDown" && !options.length) { find(); event.preventDefault(); return; }
  if (!options.length) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    mark((active + (event.key === "ArrowDown" ? 1 : options.length)) % options.length);
  } else if (event.key === "Enter" && active >= 0) pick(options[active]);
  else if (event.key === "Escape") { close(); armDigits(); event.stopImmediatePropagation(); }
  else return;
  event.preventDefault();
}, true);

async function find() {
  const input = field(), text = input?.value.trim() || "";
  const turn = ++asked;
  if (text.length < 2) { close(); return; }
  let found;
  try {
    const answer = await fetch(`/places/find?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) { close(); return; }
    found = await answer.json();
  } catch { close(); return; }
  if (turn !== asked || document.activeElement !== input) return; // she typed on, or went on
  show(input, found);
}

function show(input, found) {
  const place = list();
  options = found.point
    ? [{ text: input.value.trim(), name: `${found.point.latitude.toFixed(5)}, ${found.point.longitude.toFixed(5)}`, detail: found.point.near ? t("point near {near}", { near: found.point.near }) : t("point outside of the city") }]
    : found.places.map((each) => ({ place: String(each.id), name: each.name, detail: each.detail }));
  active = -1;
  place.replaceChildren(...options.map((each, number) => line(each, number)), ...(found.why ? [sentence(found.why)] : []));
  place.hidden = !place.childElementCount;
  input.setAttribute("aria-expanded", String(!place.hidden));
  input.removeAttribute("aria-activedescendant");
}

function line(each, number) {
  const item = document.createElement("li");
  item.id = `place-${number}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const name = document.createElement("b"), detail = document.createElement("small");
  name.textContent = each.name;
  detail.textContent = each.detail;
  item.append(name, " ", detail);
  item.onmousedown = (event) => { event.preventDefault(); pick(each); };
  return item;
}

function sentence(why) {
  const item = document.createElement("li");
  item.className = "why";
  item.setAttribute("role", "option");
  item.setAttribute("aria-disabled", "true");
  item.textContent = why;
  return item;
}

function mark(number) {
  active = number;
  for (const [at, item] of [...list().querySelectorAll("[role=option]:not(.why)")].entries()) item.setAttribute("aria-selected", String(at === number));
  field().setAttribute("aria-activedescendant", `place-${number}`);
  document.getElementById(`place-${number}`)?.scrollIntoView({ block: "nearest" });
}

export function close() {
  clearTimeout(timer); // what she typed last does not open it again
  asked += 1;
  options = [];
  const place = list();
  if (place) { place.hidden = true; place.replaceChildren(); }
  field()?.setAttribute("aria-expanded", "false");
  field()?.removeAttribute("aria-activedescendant");
}

async function pick(each) {
  const input = field(), call = input.closest(".sheet").dataset.call;
  close();
  if (each.place) { input.value = each.name; input.dispatchEvent(new Event("input", { bubbles: true })); clearTimeout(timer); }
  await put(call, each.place ? { place: each.place, text: each.name } : { text: each.text });
}

// A place that a note speaks of: proposed under the field, taken with Enter; what stands in the field stays until then.
export function propose(place, name, detail) {
  const input = field();
  if (!input) return;
  input.focus({ preventScroll: true });
  input.scrollIntoView({ block: "center" });
  asked += 1;
  clearTimeout(timer);
  show(input, { places: [{ id: place, name, detail }] });
  mark(0);
}

// A sentence under the field when it was not stored; the picture that follows shows the point.
export async function put(call, body) {
  const said = document.getElementById("place-said");
  said.textContent = "";
  const head = document.querySelector(".sheet [data-fields]"); // what she has seen: a colleague's newer point is not replaced
  const version = head ? JSON.parse(head.dataset.fields).version : 0;
  try { await post(`/calls/${call}/place`, { ...body, version }); } catch (error) { said.textContent = error.message; }
}
