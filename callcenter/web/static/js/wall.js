// The wallboard: paints what the channel brings, and counts the seconds. Meant to be left open for days.
import { serverTime, tick } from "./clock.js";
import { live } from "./live.js";
import { paint } from "./morph.js";

const link = document.getElementById("link");

function picture(html) {
  for (const [name, part] of Object.entries(html)) {
    const place = document.querySelector(`[data-live="${name}"]`);
    if (place) { paint(place, part); tick(place); }
  }
}

function state(what) {
  link.className = `pill ${what === "up" ? "good" : "bad"}`;
  link.textContent = { up: link.dataset.up, down: link.dataset.down, "signed-out": link.dataset.out }[what];
  document.body.classList.toggle("stale", what !== "up");
}

serverTime(Number(document.getElementById("main").dataset.now));
tick();
live({ onPicture: picture, onState: state, onBeat: serverTime, path: "/wall/live" }).start("");
