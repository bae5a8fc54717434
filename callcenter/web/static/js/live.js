// The live channel: the newest picture of each part, numbered; says what it has seen when it comes back; a watchdog
// notices a dead link that TCP does not (the server beats every 2 s).
const SILENT_MS = 5000;
const AGAIN_MS = [200, 400, 800, 1500, 2500];
const SIGNED_OUT = 4401;

document.getElementById("unscripted")?.remove(); // the scripts are here

export function live({ onPicture, onState, onBeat, path = "/live" }) {
  let socket = null, heard = 0, tries = 0, timer = 0, boot = "", seen = 0, open = "", stopped = false;

  function take(message) {
    heard = performance.now();
    const { boot: life, seq, now, html } = JSON.parse(message.data);
    if (tries) { tries = 0; onState("up"); }
    boot = life;
    onBeat(now);
    onPicture(html);
    seen = seq;
  }

  function connect() {
    clearTimeout(timer);
    heard = performance.now();
    const query = new URLSearchParams({ boot, since: String(seen), call: open });
    socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${path}?${query}`);
    socket.onopen = () => { heard = performance.now(); tries = 0; onState("up"); };
    socket.onmessage = take;
    socket.onclose = (event) => down(event.code);
  }

  function down(code = 0) {
    if (stopped || !socket) return;
    const old = socket;
    socket = null;
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
    onState(code === SIGNED_OUT ? "signed-out" : "down");
    if (code === SIGNED_OUT) { stopped = true; return; }
    const wait = AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)];
    tries += 1;
    timer = setTimeout(connect, wait * (0.7 + 0.6 * Math.random()));
  }

  setInterval(() => { if (socket && performance.now() - heard > SILENT_MS) down(); }, 500);
  addEventListener("online", () => { if (!socket && !stopped) connect(); });
  addEventListener("pagehide", () => { stopped = true; socket?.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) { stopped = false; connect(); } });

  return {
    start(call) { open = call; connect(); },
    lookAt(call) {
      open = call;
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ ticket: call }));
    },
  };
}
