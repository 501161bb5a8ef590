// Short messages at the lower left, the server's among them, for ten seconds; the time stands still under the
// pointer and the focus.

import { say } from "./news.js";
import { word } from "./words.js";

const PLACE = document.querySelector(".toasts");
const SECONDS = 10;
// More of them would cover the board of who moves many cards; Ctrl+Z still knows those that went.
const MOST = 3;
let undos = [];
const known = new WeakSet();

/** Say something to eye and ear; `retry`, when given, is called by a button "Retry". */
export function toast(text, retry) {
  const note = document.createElement("div");
  note.className = "toast";
  note.append(Object.assign(document.createElement("p"), { textContent: text, dir: "auto" }));
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
  if (undo && !known.has(note)) offer(note, undo);
  fade(note);
  if (PLACE.children.length > MOST) [...PLACE.children].find((other) => !other.matches(":hover, :focus-within")).remove();
}

/** Keep an Undo for Ctrl+Z until it was pressed; one that did not reach the server may be pressed again. */
function offer(note, undo) {
  known.add(note);
  undos.push(note);
  undo.addEventListener("submit", () => (undos = undos.filter((other) => other !== note)));
  undo.addEventListener("htmx:afterRequest", ({ detail }) => (!detail.xhr.status || detail.xhr.status >= 500) && undos.push(note));
}

function fade(note) {
  const reasons = new Set();
  let timer;
  const start = () => (timer = setTimeout(() => note.remove(), SECONDS * 1000));
  for (const [begins, ends] of [["pointerenter", "pointerleave"], ["focusin", "focusout"]]) {
    note.addEventListener(begins, () => reasons.add(begins) && clearTimeout(timer));
    note.addEventListener(ends, () => reasons.delete(begins) && !reasons.size && start());
  }
  start();
}

new MutationObserver((records) => {
  for (const { addedNodes } of records) for (const note of addedNodes) if (note.matches?.(".toast")) welcome(note);
}).observe(PLACE, { childList: true });
for (const note of [...PLACE.children]) welcome(note);
