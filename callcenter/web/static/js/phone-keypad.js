// The keypad: a dialog, so that digits typed there are not taken for classes of calls, nor eaten from notes.
const dialog = document.getElementById("phone-keypad"), typed = document.getElementById("phone-typed");
let send = () => {};

function press(digit) {
  send(digit);
  typed.textContent += digit;
}

export function openKeypad(to) {
  send = to;
  typed.textContent = "";
  dialog.showModal();
}

dialog.addEventListener("click", (event) => {
  const digit = event.target.closest("[data-digit]")?.dataset.digit;
  if (digit) press(digit);
});
dialog.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !/^[0-9*#]$/.test(event.key)) return;
  event.preventDefault();
  press(event.key);
});
