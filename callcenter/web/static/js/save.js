// What is typed is never lost: every keystroke goes to this browser's own store at once, to the server 250 ms later
// (1 s at most while typing), again and again until it is stored. A draft survives a reload and a dead server.
import { post } from "./ask.js";
import { isAway } from "./away.js";
import { t } from "./words.js";

const QUIET_MS = 250, MOST_MS = 1000, KEEP_MS = 48 * 3600 * 1000;
const AGAIN_MS = [400, 800, 1500, 3000];

function read(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function write(name, value) {
  try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* the store is full: the server still gets it */ }
}

export function forgetOld() {
  for (const name of Object.keys(localStorage)) {
    if (!/^(note|field):/.test(name)) continue;
    const kept = read(name);
    if (!kept || Date.now() - kept.at > KEEP_MS) localStorage.removeItem(name);
  }
}

// One text that saves itself. `send(text)` must throw while it is not stored.
function keeper({ name, get, send, state }) {
  let timer = 0, first = 0, tries = 0, busy = false, dirty = false, stuck = false, saving = null;

  function later(ms) { clearTimeout(timer); timer = setTimeout(save, ms); }

  function save() { return busy ? saving : (saving = flush()); }

  async function flush() {
    if (!dirty || busy || stuck) return;
    busy = true;
    first = 0;
    const text = get();
    if (!tries) state(name, "saving");
    try {
      await send(text);
      tries = 0;
      if (get() === text) { dirty = false; done(text); } else later(QUIET_MS);
    } catch (error) {
      if ([400, 403, 409, 413].includes(error.status)) { stuck = true; state(name, "refused", error); }
      else { state(name, "waiting", error); later(AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]); }
    } finally {
      busy = false;
    }
  }

  function done(text) {
    const kept = read(name);
    if (kept) write(name, { ...kept, text: null, last: text, at: Date.now() });
    state(name, "saved");
  }

  return {
    typed(extra = {}) {
      write(name, { ...extra, text: get(), at: Date.now() });
      dirty = true;
      stuck = false;
      if (!tries) state(name, "saving"); // at once: what was just typed is not stored yet
      first ||= Date.now();
      later(Date.now() - first > MOST_MS ? 0 : QUIET_MS);
    },
    kick() { if (dirty) { tries = 0; later(0); } },
    async now() { await saving; await save(); }, // what was typed while the last one was on its way, too
    get dirty() { return dirty; },
  };
}

const PLACES = { saving: "saving", waiting: "waiting", refused: "refused" };

// What has to come back before it is stored, by the status of the last try; 0: nobody answered.
function waitsFor(status) {
  if (status === 401) return t("you are signed out; kept on this computer until you sign in again");
  return status ? t("waiting for the server; kept on this computer") : t("waiting for the network; kept on this computer");
}

export function sheetKeeper(sheet) {
  const call = sheet.dataset.call;
  const line = sheet.querySelector("#saved"), clash = sheet.querySelector("#clash");
  const states = new Map(), keepers = [], fields = new Map();
  let why = 0;

  function state(name, what, error) {
    states.set(name, what);
    const worst = ["refused", "waiting", "saving", "saved"].find((s) => [...states.values()].includes(s));
    line.className = `saved ${{ saved: "ok", waiting: "wait", refused: "wait" }[worst] || ""}`;
    if (what === "waiting") why = error.status;
    line.textContent = { saved: t("saved"), saving: t("saving…"), waiting: waitsFor(why), refused: t("not stored") }[worst];
    if (what === "refused") collide(name, error);
  }

  function collide(name, error) {
    clash.hidden = false;
    clash.textContent = error.message;
    const input = fields.get(name.split(":").pop())?.input;
    if (!input || !("theirs" in error.details)) return;
    for (const [label, take] of [[t("Take theirs"), true], [t("Keep mine"), false]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "small";
      button.textContent = label;
      button.onclick = () => {
        fields.get(input.dataset.field).version = Number(error.details.version) || 0;
        if (take) input.value = error.details.theirs;
        clash.hidden = true;
        fields.get(input.dataset.field).keeper.typed();
      };
      clash.append(" ", button);
    }
  }

  const note = sheet.querySelector("[data-note-of]");
  const noteName = `note:${call}`;
  const known = newer(read(noteName), sheet);
  const draft = { key: known?.key || newKey(), version: known?.version || 0 };
  const noteKeeper = keeper({
    name: noteName, get: () => note.value, state,
    send: async (text) => {
      draft.version += 1;
      write(noteName, { ...draft, text, at: Date.now() });
      await post(`/calls/${call}/note`, { key: draft.key, text, version: draft.version });
      write(noteName, { ...draft, text: note.value === text ? null : note.value, last: text, at: Date.now() });
    },
  });
  keepers.push(noteKeeper);
  note.addEventListener("input", () => noteKeeper.typed({ ...draft, last: known?.last }));
  if (known) {
    note.value = known.text ?? known.last ?? "";
    if (known.text !== null && known.text !== undefined) noteKeeper.typed({ ...draft });
  }

  for (const input of sheet.querySelectorAll("[data-field]")) {
    const name = `field:${call}:${input.dataset.field}`;
    const field = { input, version: 0, keeper: null };
    const path = input.dataset.field === "category" ? "category" : "field";
    field.keeper = keeper({
      name, get: () => input.value, state,
      send: async (value) => { field.version = (await post(`/calls/${call}/${path}`, { field: input.dataset.field, value, version: field.version })).version; },
    });
    fields.set(input.dataset.field, field);
    keepers.push(field.keeper);
    input.addEventListener(input.tagName === "SELECT" ? "change" : "input", () => field.keeper.typed());
    const kept = read(name);
    if (kept && kept.text !== null && kept.text !== input.value) { input.value = kept.text; field.keeper.typed(); }
    else if (isAway && kept && typeof kept.last === "string") input.value = kept.last; // the sheet that is kept is older
  }

  return {
    call,
    noteKey: draft.key,
    // The stored values came with the live part: they fill only fields that nobody is typing into.
    fill(values) {
      for (const [name, field] of fields) {
        if (!(name in values) || values.version < field.version || field.keeper.dirty || (field.input === document.activeElement && field.input.value !== values[name])) continue;
        field.version = Math.max(field.version, values.version);
        if (field.input.value !== values[name]) field.input.value = values[name];
      }
    },
    kick() { for (const each of keepers) each.kick(); },
    flush() { return Promise.all(keepers.map((each) => each.now())); },
    get dirty() { return keepers.some((each) => each.dirty); },
  };
}

// A browser that was killed may have kept less than it had sent: then what the server has of this note goes on.
function newer(kept, sheet) {
  const line = kept?.key && sheet.querySelector(`[data-note="${CSS.escape(kept.key)}"]`);
  const version = Number(line?.dataset.version) || 0, stored = line?.querySelector(".text")?.textContent || "";
  if (!line || version <= kept.version) return kept;
  const behind = typeof kept.text !== "string" || stored.startsWith(kept.text);
  return behind ? { ...kept, version, text: null, last: stored } : { ...kept, version };
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID exists only on encrypted pages
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}
