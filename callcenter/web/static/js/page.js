// Every page: colours change at once, the server only remembers them.
// The menu of rooms closes with a click elsewhere, and with Esc.
const others = document.querySelector(".others");
addEventListener("click", (event) => { if (others?.open && !others.contains(event.target)) others.open = false; });
others?.addEventListener("keydown", (event) => { if (event.key === "Escape") { others.open = false; others.querySelector("summary").focus(); event.stopPropagation(); } });

const form = document.getElementById("theme");
const order = { auto: "dark", dark: "light", light: "auto" };

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  const chosen = button.value;
  document.documentElement.dataset.theme = chosen;
  button.value = order[chosen] || "auto";
  fetch("/theme", {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": document.body.dataset.csrf, Accept: "application/json" },
    body: new URLSearchParams({ theme: chosen }),
  }).catch(() => {}); // only forgotten after a reload
});
