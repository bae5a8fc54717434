// The screen can be loaded again while the server is away (see sw.js); only where the page comes encrypted, or from this
// very computer. Which ticket lay open is remembered beside what was typed.
const OPEN = "open-ticket";

export const isAway = Boolean(document.getElementById("main")?.dataset.away);

export function opened(call) {
  try { if (call) localStorage.setItem(OPEN, call); else localStorage.removeItem(OPEN); } catch { /* no store */ }
}

export function wasOpen() {
  return localStorage.getItem(OPEN) || "";
}

// `call`: whose sheet came with the page itself, and has not passed the worker yet.
export async function keepPage(call) {
  const worker = navigator.serviceWorker;
  if (!worker || isAway) return;
  try {
    await worker.register("/sw.js");
    const { active } = await worker.ready;
    if (!worker.controller) await new Promise((taken) => worker.addEventListener("controllerchange", taken, { once: true }));
    active.postMessage("loaded");
    if (call) await fetch(`/calls/${call}/sheet`, { headers: { Accept: "text/html" } });
  } catch { /* a browser that does not allow it: as without encryption */ }
}
