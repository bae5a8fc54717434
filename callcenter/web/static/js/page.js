// Every page: colours change at once, the server only remembers them.
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
