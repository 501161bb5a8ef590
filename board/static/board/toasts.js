const PLACE = document.querySelector(".toasts");
const SECONDS = 10;

/** Say something at the lower left, for ten seconds; the time stands still under the pointer. */
export function toast(text) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  PLACE.append(note);
  fade(note);
}

function fade(note) {
  let timer;
  const start = () => (timer = setTimeout(() => note.remove(), SECONDS * 1000));
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", start);
  start();
}

for (const note of PLACE.children) fade(note);
