// Lets the screen be loaded again while the server or the network is away: the empty page of this person and her last
// sheets, kept on this computer, never a caller's data beyond those. The network always comes first.
const PAGE = "screen", SHEETS = "sheets", SHELL = "/shell", KEPT = 3, LATE_MS = 5000;
const SHEET = /^\/calls\/[^/]+\/sheet$/;

self.addEventListener("install", () => self.skipWaiting());
// No navigation preload: pages that this worker leaves alone would be asked for twice, and looked at twice in the audit.
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([
  self.clients.claim(),
  self.registration.navigationPreload?.disable(),
])));

self.addEventListener("message", (event) => {
  if (event.data?.page) event.waitUntil(keepShell());
  if (/^[\w.:-]+$/.test(event.data?.sheet || "")) event.waitUntil(keepSheet(`/calls/${event.data.sheet}/sheet`));
});

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === "navigate" && request.method === "GET" && pathname === "/") event.respondWith(page(event));
  else if (request.method === "GET" && SHEET.test(pathname)) event.respondWith(sheet(event));
  else if (request.method === "POST" && /^\/sign-(in|out)$/.test(pathname)) event.waitUntil(forget()); // another person, or nobody
});

async function keepShell() {
  try {
    const answer = await fetch(SHELL, { headers: { Accept: "text/html" }, redirect: "manual" });
    if (answer.ok) await (await caches.open(PAGE)).put(SHELL, answer);
    else if (answer.status < 500) await forget(); // signed out meanwhile
  } catch { /* the one that is kept stays */ }
}

async function page(event) {
  try {
    return await soon(fetch(event.request));
  } catch (error) {
    const kept = await (await caches.open(PAGE)).match(SHELL);
    if (kept) return kept;
    throw error;
  }
}

// Kept when the page says that it opened one, not with each that passes.
async function sheet(event) {
  try {
    return await soon(fetch(event.request));
  } catch (error) {
    const kept = await (await caches.open(SHEETS)).match(event.request);
    if (kept) return kept;
    throw error;
  }
}

async function keepSheet(path) {
  try {
    const answer = await fetch(path, { headers: { Accept: "text/html" }, redirect: "manual" });
    if (!answer.ok) return;
    const box = await caches.open(SHEETS);
    await box.delete(path);
    await box.put(path, answer);
    const all = await box.keys();
    await Promise.all(all.slice(0, Math.max(0, all.length - KEPT)).map((old) => box.delete(old)));
  } catch { /* the one that is kept stays */ }
}

function soon(answer) {
  return Promise.race([answer, new Promise((_, late) => setTimeout(() => late(new Error("late")), LATE_MS))]);
}

async function forget() {
  await Promise.all([caches.delete(PAGE), caches.delete(SHEETS)]);
}
