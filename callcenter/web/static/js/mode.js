// How the next agency is brought in: one button goes round the ways that the settings allow. After each forward it is
// the usual way again: nobody is put straight through because somebody forgot to switch back.
const button = document.getElementById("mode");
const ways = JSON.parse(button?.dataset.ways || "[]");

function show(way) {
  button.dataset.way = way[0];
  button.firstElementChild.textContent = way[1];
  button.classList.toggle("unusual", way !== ways[0]);
}

button?.addEventListener("click", () => show(ways[(ways.findIndex(([code]) => code === button.dataset.way) + 1) % ways.length]));

export function takeMode() {
  const way = button?.dataset.way;
  if (button) show(ways[0]);
  return way;
}
