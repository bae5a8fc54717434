// The screen can be loaded again while the server is away (see sw.js); only where the page comes encrypted, or from this
// very computer. Which ticket lay open is remembered beside what was typed.
const OPEN = "open-ticket";

export const isAway = Boolean(document.getElementById("main")?.dataset.away);

export function opened(call) {
  try { if (call) localStorage.setItem(OPEN, call); else localStorage.removeItem(OPEN); } catch { /* no store */ }
  if (call && !isAway) tellWorker({ sheet: call });
}

export function wasOpen() {
  return localStorage.getItem(OPEN) || "";
}

// The worker fetches by itself: this page may have begun before there was one, or have come with its sheet.
async function tellWorker(what) {
  (await navigator.serviceWorker?.ready)?.active.postMessage(what);
}

export async function keepPage() {
  if (!navigator.serviceWorker || isAway) return;
  try {
    await navigator.serviceWorker.register("/sw.js");
    await tellWorker({ page: true });
  } catch { /* a browser that does not allow it: as without encryption */ }
}
