// Microphone, loudspeakers and levels of the phone in the page. What was chosen is remembered in this browser.
import { burst, ringContext, ringThrough } from "./ring.js";
import { t } from "./words.js";

const KEY = "phone";
const ear = document.getElementById("phone-ear"), bell = document.getElementById("phone-ring");
const PROCESSED = ["echoCancellation", "noiseSuppression", "autoGainControl"];
export const chosen = { microphone: "", speaker: "", bell: "", clean: true, ...read() };

function read() {
  try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; }
}

export function choose(values) {
  Object.assign(chosen, values);
  try { localStorage.setItem(KEY, JSON.stringify(chosen)); } catch { /* chosen for this time only */ }
}

// Why no phone can work here, in words; empty: it can.
export function hindrance() {
  if (!window.isSecureContext) return t("No phone in this page: it came without encryption, so the browser gives no microphone. Open the https address (./run lan makes it), or use the SIP phone.");
  if (!navigator.mediaDevices || !window.RTCPeerConnection) return t("No phone in this page: this browser has none. Use a newer one, or the SIP phone.");
  return "";
}

// "granted", "prompt" or "denied"; "prompt" where the browser does not tell.
export async function permission() {
  try { return (await navigator.permissions.query({ name: "microphone" })).state; } catch { return "prompt"; }
}

const REASONS = {
  NotAllowedError: () => t("The browser may not use the microphone. Press the sign beside the address above, allow the microphone, then switch the phone on."),
  NotFoundError: () => t("This computer has no microphone. Plug the headset in; the phone then switches itself on."),
  NotReadableError: () => t("The microphone does not answer: another program may hold it. Close that one, or plug the headset in again."),
};

// A running microphone; throws with a sentence.
export async function microphone() {
  const audio = Object.fromEntries(PROCESSED.map((name) => [name, chosen.clean]));
  const wanted = chosen.microphone ? { ...audio, deviceId: { exact: chosen.microphone } } : audio;
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: wanted }).catch((error) => {
      if (!chosen.microphone || !["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
      return navigator.mediaDevices.getUserMedia({ audio }); // the chosen one is not plugged in: any is better than none
    });
  } catch (error) {
    const why = REASONS[error.name];
    throw Object.assign(new Error(why ? why() : t("The microphone cannot be opened ({why}).", { why: error.name })), { name: error.name });
  }
}

export async function devices() {
  const all = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.deviceId !== "communications");
  return { microphones: all.filter((each) => each.kind === "audioinput"), speakers: all.filter((each) => each.kind === "audiooutput") };
}

// True when sound goes where it should; false: to the default one (gone, or this browser cannot choose).
async function sendTo(audio, device) {
  try { await audio.setSinkId(device); return true; } catch { return !device; }
}

export async function useSpeaker() {
  return sendTo(ear, chosen.speaker);
}

export async function useBell() {
  const here = ringContext();
  if (here && chosen.bell && await sendTo(bell, chosen.bell)) {
    const out = here.createMediaStreamDestination();
    bell.srcObject = out.stream;
    try { await bell.play(); ringThrough(out); return true; } catch { /* then as before: it must ring */ }
  }
  ringThrough(null);
  return !chosen.bell;
}

export function hear(stream) {
  ear.srcObject = stream;
  if (stream) ear.play().catch(() => {}); // allowed, since the page has the microphone
}

export { burst as ringOnce };

// How loud a stream is, 0 to 1, each time it is asked.
export function level(stream) {
  const here = ringContext();
  if (!here || !stream?.getAudioTracks().length) return { now: () => 0, end() {} };
  if (here.state === "suspended") here.resume();
  const source = here.createMediaStreamSource(stream), ears = here.createAnalyser();
  ears.fftSize = 512;
  source.connect(ears);
  const samples = new Float32Array(ears.fftSize);
  return {
    now() {
      ears.getFloatTimeDomainData(samples);
      let most = 0;
      for (const each of samples) most = Math.max(most, Math.abs(each));
      return Math.min(1, Math.sqrt(most)); // speech is soft: a straight bar would hardly move
    },
    end() { source.disconnect(); },
  };
}
