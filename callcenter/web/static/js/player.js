// The player: the sound as a picture, marks to jump to, both sides or one. The server writes down each beginning and jump.
// A recording that becomes another file meanwhile (smaller, or deleted) is asked for anew, and goes on where it was.
const box = document.getElementById("player");
const STEP_S = 5, APART_S = 1.5, AGAIN_MS = 4000, ROWS = ["--accent", "--good"];

if (box) start();

function start() {
  const sound = document.getElementById("sound"), canvas = document.getElementById("wave"), play = document.getElementById("play");
  const time = document.getElementById("time"), wrong = document.getElementById("wrong");
  const marks = [...document.querySelectorAll("[data-at]")];
  const query = box.dataset.query;
  let packed = box.dataset.packed === "1", rows = [], told = -1, side = "", gains = null;
  let wanted = false, last = 0, renewed = 0;

  const length = () => (Number.isFinite(sound.duration) && sound.duration) || Number(box.dataset.seconds) || 1;
  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function draw() {
    const scale = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const lane = height / Math.max(rows.length, 1), here = (sound.currentTime / length()) * width;
    rows.forEach((row, number) => columns(pen, row, lane * number, lane, width, here, colour(ROWS[number])));
    pen.fillStyle = colour("--mute");
    for (const mark of marks) {
      pen.fillStyle = colour(mark.dataset.kind === "GAP" ? "--bad" : "--mute");
      pen.fillRect(Math.round((Number(mark.dataset.at) / length()) * width), 0, mark.dataset.kind === "GAP" ? 3 : 1, height);
    }
    pen.fillStyle = colour("--ink");
    pen.fillRect(Math.min(here, width - 2), 0, 2, height);
    time.textContent = clock(sound.currentTime);
    canvas.setAttribute("aria-valuenow", String(Math.round(sound.currentTime)));
    canvas.setAttribute("aria-valuetext", clock(sound.currentTime));
  }

  function columns(pen, row, top, lane, width, here, ink) {
    const step = width / row.length, loudest = Math.max(8, ...row);
    pen.fillStyle = ink;
    row.forEach((loud, n) => {
      const tall = Math.max(1, (loud / loudest) * (lane - 8));
      pen.globalAlpha = n * step <= here ? 1 : 0.45;
      pen.fillRect(n * step, top + (lane - tall) / 2, Math.max(1, step - 0.6), tall);
    });
    pen.globalAlpha = 1;
  }

  // Both sides come out of both ears: most headsets in a 112 room have one.
  function mix() {
    if (gains || !packed) return;
    const room = new AudioContext(), source = room.createMediaElementSource(sound), split = room.createChannelSplitter(2);
    source.connect(split);
    gains = [0, 1].map((channel) => { const gain = room.createGain(); split.connect(gain, channel); gain.connect(room.destination); return gain; });
    room.resume();
    hear();
  }

  function hear() {
    const alone = { in: 0, out: 1 }[side];
    gains?.forEach((gain, channel) => { gain.gain.value = alone === undefined || alone === channel ? 1 : 0; });
  }

  function choose(button) {
    side = button.dataset.side;
    for (const each of document.querySelectorAll("[data-side]")) each.setAttribute("aria-pressed", String(each === button));
    if (packed) { hear(); return; }
    take(sound.currentTime);
  }

  function take(at) {
    const words = [query, `as=${packed ? "flac" : "wav"}`, !packed && side && `side=${side}`].filter(Boolean).join("&");
    sound.src = `/calls/${box.dataset.call}/recording?${words}`;
    sound.addEventListener("loadedmetadata", () => { sound.currentTime = at; if (wanted) go(); }, { once: true });
    sound.load();
  }

  async function look() {
    const answer = await fetch(`/calls/${box.dataset.call}/peaks${query ? `?${query}` : ""}`, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.error?.sentence);
    rows = found.rows;
    packed = found.packed;
    box.dataset.rows = String(rows.length);
    draw();
  }

  async function renew() {
    if (renewed && performance.now() - renewed < AGAIN_MS) { fail(); return; }
    renewed = performance.now();
    try {
      await look();
      take(last);
    } catch (error) { fail(error.name === "Error" && error.message); }  // what the server says, not what the browser says
  }

  function toggle() {
    if (sound.error) { wanted = true; renewed = 0; renew(); return; }  // the server or the network is back, perhaps
    wanted = sound.paused;
    if (wanted) go(); else sound.pause();
  }

  function go() {
    if (box.dataset.rows === "2") mix();
    sound.play().catch(() => {});  // what is wrong with it, "error" tells
  }

  function jump(to) {
    const at = Math.min(Math.max(to, 0), length() - 0.05);
    last = at;
    if (sound.readyState > 0) sound.currentTime = at;
    else {
      sound.addEventListener("loadedmetadata", () => { sound.currentTime = at; }, { once: true });
      sound.preload = "metadata";
      sound.load();
    }
    draw();
  }

  function tell() {
    const at = sound.currentTime;
    if (told >= 0 && Math.abs(at - told) < APART_S) return;
    told = at;
    fetch(`/calls/${box.dataset.call}/heard${query ? `?${query}` : ""}`, {
      method: "POST", keepalive: true,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": document.body.dataset.csrf },
      body: JSON.stringify({ from: at.toFixed(1) }),
    }).catch(() => {});
  }

  function fail(sentence) {
    wanted = false;
    play.textContent = box.dataset.play;
    wrong.textContent = sentence || box.dataset.failed;
    wrong.hidden = false;
  }

  function paintOn() {
    draw();
    if (!sound.paused) requestAnimationFrame(paintOn);
  }

  sound.addEventListener("playing", () => { wrong.hidden = true; play.textContent = box.dataset.pause; tell(); paintOn(); });
  sound.addEventListener("ended", () => { wanted = false; });
  for (const event of ["pause", "ended"]) sound.addEventListener(event, () => { play.textContent = box.dataset.play; told = -1; draw(); });
  sound.addEventListener("timeupdate", () => { last = sound.currentTime || last; if (!sound.paused && told >= 0) told = Math.max(told, sound.currentTime); });
  sound.addEventListener("seeking", () => { told = -1; last = sound.currentTime; });
  sound.addEventListener("seeked", () => { if (!sound.paused) tell(); draw(); });
  sound.addEventListener("loadedmetadata", draw);
  sound.addEventListener("error", renew);
  play.addEventListener("click", toggle);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("at" in button.dataset) jump(Number(button.dataset.at));
    else if (button.dataset.jump) jump(sound.currentTime + Number(button.dataset.jump));
    else if ("side" in button.dataset) choose(button);
  });
  const to = (event) => jump(((event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth) * length());
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); to(event); });
  canvas.addEventListener("pointermove", (event) => { if (event.buttons) to(event); });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea, summary")) return;
    const deed = {
      " ": () => toggle(), ArrowLeft: () => jump(sound.currentTime - STEP_S), ArrowRight: () => jump(sound.currentTime + STEP_S),
      Home: () => jump(0), End: () => jump(length()),
    }[event.key] || (/^[1-9]$/.test(event.key) && marks[event.key - 1] && (() => jump(Number(marks[event.key - 1].dataset.at))));
    if (!deed || (event.key === " " && event.target.closest("a, button:not(#play)"))) return;
    event.preventDefault();
    deed();
  });
  addEventListener("keyup", (event) => { if (event.key === " " && event.target === play) event.preventDefault(); });

  new ResizeObserver(draw).observe(canvas);
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  look().catch(() => {});
}
