// Which microphone, which headset, and where it rings.
import { chosen, choose, devices, level, ringOnce, useBell, useSpeaker } from "./phone-sound.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const dialog = $("phone-devices"), says = $("phone-devices-say"), bar = $("phone-test");
let ears = null, timer = 0, of = () => null, again = async () => {};

function fill(select, list, now) {
  const options = [["", t("the computer's own choice")], ...list.filter((each) => each.deviceId && each.deviceId !== "default").map((each, place) => [each.deviceId, each.label || t("number {number}", { number: place + 1 })])];
  if (now && !options.some(([id]) => id === now)) options.push([now, t("the chosen one, not plugged in")]);
  select.replaceChildren(...options.map(([id, name]) => new Option(name, id, false, id === now)));
}

export async function fillDevices() {
  const { microphones, speakers } = await devices();
  fill($("phone-microphone"), microphones, chosen.microphone);
  fill($("phone-speaker"), speakers, chosen.speaker);
  fill($("phone-bell"), speakers, chosen.bell);
  $("phone-clean").checked = chosen.clean;
}

function meter() {
  ears?.end();
  ears = of() ? level(of()) : null;
}

export async function openDevices(stream, takeMicrophone) {
  [of, again] = [stream, takeMicrophone];
  says.textContent = "";
  await fillDevices();
  dialog.showModal();
  meter();
  timer = setInterval(() => { bar.value = ears ? ears.now() : 0; }, 100);
}

dialog.addEventListener("close", () => { clearInterval(timer); ears?.end(); ears = null; });

async function changed(values, use) {
  choose(values);
  says.textContent = "";
  try {
    if (await use() === false) says.textContent = t("This browser cannot send sound there; the computer's own choice is used.");
  } catch (error) {
    says.textContent = error.message;
  }
}

$("phone-microphone").addEventListener("change", (event) => changed({ microphone: event.target.value }, async () => { await again(); meter(); }));
$("phone-clean").addEventListener("change", (event) => changed({ clean: event.target.checked }, async () => { await again(); meter(); }));
$("phone-speaker").addEventListener("change", (event) => changed({ speaker: event.target.value }, useSpeaker));
$("phone-bell").addEventListener("change", (event) => changed({ bell: event.target.value }, useBell));
$("phone-ring-test").addEventListener("click", ringOnce);
