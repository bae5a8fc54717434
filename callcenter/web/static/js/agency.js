// An agency's page: the newest cards, a bell while a request waits, buttons that ask and say what came of it.
import { settle } from "./ask.js";
import { serverTime, tick } from "./clock.js";
import { live } from "./live.js";
import { paint } from "./morph.js";
import { ring } from "./ring.js";
import { t } from "./words.js";

const place = document.getElementById("duties"), link = document.getElementById("link");

function picture(html) {
  if (!("duties" in html)) return;
  paint(place, html.duties);
  tick(place);
  settle();
  ring(document.getElementById("bell"));
}

function state(what) {
  link.className = `pill ${what === "up" ? "good" : "bad"}`;
  link.textContent = { up: t("live"), down: t("no connection to the server"), "signed-out": t("signed out: sign in again") }[what];
  document.body.classList.toggle("stale", what !== "up");
}

serverTime(Number(place.dataset.now));
tick();
ring(document.getElementById("bell"));
live({ onPicture: picture, onState: state, onBeat: serverTime, path: "/agency/live" }).start(place.dataset.open);
