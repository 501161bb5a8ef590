// Short messages at the lower left, the server's among them, for ten seconds; the time stands still under the
// pointer and the focus.

import { say } from "./news.js";
import { word } from "./words.js";

const PLACE = document.querySelector(".toasts");
const SECONDS = 10;
const undos = [];
const known = new WeakSet();

/** Say something to eye and ear; `retry`, when given, is called by a button "Retry". */
export function toast(text, retry) {
  const note = document.createElement("div");
  note.className = "toast";
  note.append(Object.assign(document.createElement("p"), { textContent: text }));
  if (retry) {
    const button = Object.assign(document.createElement("button"), { textContent: word("retry") });
    button.addEventListener("click", () => {
      note.remove();
      retry();
    });
    note.append(button);
  }
  PLACE.append(note);
}

/** Press the newest Undo that was not pressed yet; a toast that has gone comes back for it. */
export function undoNewest() {
  const note = undos.at(-1);
  if (!note) return say(word("nothingToUndo"));
  if (!note.isConnected) PLACE.append(note);
  note.querySelector("form[data-undo]").requestSubmit();
}

function welcome(note) {
  const undo = note.querySelector("form[data-undo]");
  // A move says itself, with its place.
  if (!undo || !document.querySelector(".card.saving")) say(note.querySelector("p")?.textContent ?? note.textContent.trim());
  if (undo && !known.has(note)) {
    known.add(note);
    undos.push(note);
    undo.addEventListener("submit", () => undos.splice(undos.indexOf(note), 1), { once: true });
  }
  fade(note);
}

function fade(note) {
  let timer;
  const start = () => (timer = setTimeout(() => note.remove(), SECONDS * 1000));
  const stop = () => clearTimeout(timer);
  for (const event of ["pointerenter", "focusin"]) note.addEventListener(event, stop);
  for (const event of ["pointerleave", "focusout"]) note.addEventListener(event, start);
  start();
}

new MutationObserver((records) => {
  for (const { addedNodes } of records) for (const note of addedNodes) if (note.matches?.(".toast")) welcome(note);
}).observe(PLACE, { childList: true });
for (const note of PLACE.children) welcome(note);
