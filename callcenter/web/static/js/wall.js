// The wallboard: paints what the channel brings, and counts the seconds. Meant to be left open for days.
import { settle } from "./ask.js";
import { serverTime, tick } from "./clock.js";
import { live } from "./live.js";
import { paint } from "./morph.js";

const link = document.getElementById("link"), cut = document.getElementById("cut");

function picture(html) {
  for (const [name, part] of Object.entries(html)) {
    const place = document.querySelector(`[data-live="${name}"]`);
    if (place) { paint(place, part); tick(place); }
  }
  settle();
}

function state(what) {
  link.className = `pill ${what === "up" ? "good" : "bad"}`;
  link.textContent = { up: link.dataset.up, down: link.dataset.down, "signed-out": link.dataset.out }[what];
  document.body.classList.toggle("stale", what !== "up");
  cut.hidden = what === "up";
  cut.textContent = cut.hidden ? "" : link.textContent;
}

// A supervisor's keys: a digit listens, letters change what she does in that call. Nobody else has such buttons.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.key.length !== 1) return;
  const key = CSS.escape(event.key.toUpperCase());
  const button = [...document.querySelectorAll(`[data-key="${key}"]`)].find((each) => !each.disabled && each.offsetParent);
  if (button) { event.preventDefault(); button.click(); }
});

serverTime(Number(document.getElementById("main").dataset.now));
tick();
live({ onPicture: picture, onState: state, onBeat: serverTime, path: "/wall/live" }).start("");
