// Running seconds: every element with data-since (ms since 1970, the server's clock) shows how long ago that was, one
// with data-until how long it still lasts.
let offset = 0;

export function serverTime(now) {
  offset = now - Date.now();
}

export function tick(root = document) {
  const now = Date.now() + offset;
  for (const node of root.querySelectorAll("[data-since], [data-until]")) {
    const s = Math.max(0, "until" in node.dataset ? Math.ceil((Number(node.dataset.until) - now) / 1000) : Math.floor((now - Number(node.dataset.since)) / 1000));
    const two = (n) => String(n).padStart(2, "0");
    const text = s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
    if (node.textContent !== text) node.textContent = text;
  }
}

setInterval(tick, 1000, document);
