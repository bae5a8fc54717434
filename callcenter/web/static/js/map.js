// The offline map: the coast, the city's own points, open incidents; a click or Enter sets the ticket's point.
// The library is fetched with the first look only. Nothing on it leaves this server.
import { put } from "./places.js";
import { t } from "./words.js";

const dialog = document.getElementById("map");
let map = null, layers = null, chosen = null;

function library() {
  if (window.L) return Promise.resolve();
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = dialog.dataset.library;
    script.onload = done;
    script.onerror = () => failed(new Error(t("The map cannot be loaded.")));
    document.head.append(script);
  });
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export async function openMap(call) {
  dialog.dataset.call = call || "";
  const said = document.getElementById("map-said");
  said.textContent = "";
  dialog.showModal();
  try {
    await library();
    const answer = await fetch("/places/map", { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(t("The server did not answer."));
    draw(await answer.json(), call);
  } catch (error) { said.textContent = error.message; }
}

function draw(data, call) {
  const { L } = window;
  map ||= L.map("map-place", { preferCanvas: true, attributionControl: false, zoomAnimation: false, fadeAnimation: false, minZoom: 10, maxZoom: 18 })
    .on("click", (event) => choose(event.latlng));
  layers?.remove();
  layers = L.layerGroup().addTo(map);
  L.geoJSON(data.coast, { style: { color: colour("--accent"), weight: 2 }, interactive: false }).addTo(layers);
  for (const place of data.places) {
    const large = place.kind === "kecamatan";
    L.circleMarker(place.at, { radius: large ? 4 : 3, color: colour("--edge"), fillColor: colour("--card"), fillOpacity: 1, weight: 2 })
      .bindTooltip(place.name, { permanent: place.kind === "kelurahan" || large, direction: "right", className: large ? "map-name large" : "map-name" }).addTo(layers);
  }
  let own = null;
  for (const incident of data.incidents) {
    const mine = incident.call === call;
    const style = { color: colour(mine ? "--loud" : "--warn"), fillColor: colour(mine ? "--loud" : "--warn") };
    if (incident.radius) L.circle(incident.at, { ...style, radius: incident.radius, fillOpacity: 0.12, weight: 1 }).addTo(layers);
    L.circleMarker(incident.at, { ...style, radius: 8, fillOpacity: 0.9 }).bindTooltip(incident.name || t("caller"), { permanent: mine }).addTo(layers);
    if (mine) own = incident;
  }
  map.invalidateSize();
  if (own) map.setView(own.at, own.radius > 2000 ? 12 : 14); else map.setView(data.middle, 13);
  choose(null);
}

// With the keyboard: the arrows move the picture, Enter takes its middle.
document.getElementById("map-place").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !map) return;
  choose(map.getCenter());
  event.preventDefault();
});

function choose(point) {
  chosen?.remove();
  chosen = null;
  const take = document.getElementById("map-take");
  take.disabled = !point || !dialog.dataset.call;
  document.getElementById("map-said").textContent = point ? `${point.lat.toFixed(5)}, ${point.lng.toFixed(5)}` : "";
  if (point) chosen = window.L.circleMarker(point, { radius: 10, color: colour("--good"), weight: 4, fillOpacity: 0 }).addTo(map);
}

document.getElementById("map-take").addEventListener("click", () => {
  const point = chosen?.getLatLng();
  if (point) put(dialog.dataset.call, { latitude: point.lat, longitude: point.lng });
});
