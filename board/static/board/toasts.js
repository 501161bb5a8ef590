// @ts-check
// Short messages at the lower left, the server's among them, for ten seconds; the time stands still under the
// pointer and the focus.

import { announce } from "./announcer.js";
import { csrfToken } from "./csrf.js";
import { t } from "./i18n.js";
import { load, store } from "./storage.js";
import { templateContent } from "./template.js";
import { urlOf } from "./urls.js";

const PLACE = document.querySelector(".toasts");
const SECONDS = 10;
// More of them would cover the board of who moves many cards; Ctrl+Z still knows those that went.
const MOST = 3;
// Changes of mine in this tab that were not undone, the newest last: {address, text}. A reload keeps them; after a
// log-in the numbers may be those of a restored database.
const KEPT = `undos:${document.body.dataset.user}:${csrfToken()}`;
const MOST_KEPT = 50;
const isUndoAddress = (address) => typeof address === "string" && address.replace(/\d+\/$/, "0/") === urlOf("undo");
const areChanges = (value) => Array.isArray(value) && value.every((one) => isUndoAddress(one?.address) && typeof one.text === "string");
let undos = load("sessionStorage", KEPT, areChanges) ?? [];
// The address of an Undo → its toast.
const notes = new Map();

/** Show a toast, which is announced, too; `retry`, when given, is called by a button "Retry". */
export function toast(text, retry) {
  const note = document.createElement("div");
  note.className = "toast";
  note.append(Object.assign(document.createElement("p"), { textContent: text, dir: "auto" }));
  if (retry) {
    const button = Object.assign(document.createElement("button"), { textContent: t("retry") });
    button.addEventListener("click", () => {
      note.remove();
      retry();
    });
    note.append(button);
  }
  PLACE.append(note);
}

function made(text) {
  const note = document.createElement("div");
  note.className = "toast";
  note.append(Object.assign(document.createElement("p"), { textContent: text }));
  return note;
}

/** Press the newest Undo that was not pressed yet; a toast that has gone comes back for it. */
export function undoNewest() {
  const newest = undos.at(-1);
  if (!newest) return announce(t("nothingToUndo"));
  const note = notes.get(newest.address) ?? rebuild(newest);
  if (!note.isConnected) PLACE.append(note);
  note.querySelector("form[data-undo]").requestSubmit();
}

/** Return the toast of a change that this tab made on another page, or before a reload. */
function rebuild({ address, text }) {
  const note = made(text);
  const form = /** @type {HTMLFormElement} */ (templateContent("undo").firstElementChild.cloneNode(true));
  form.setAttribute("action", address);
  form.setAttribute("hx-post", address);
  note.append(form);
  PLACE.append(note);
  htmx.process(note);
  offer(note, form);
  return note;
}

function onShown(note) {
  const undo = note.querySelector("form[data-undo]");
  // A move says itself, with its place.
  if (!undo || !document.querySelector(".card.saving")) announce(note.querySelector("p")?.textContent ?? note.textContent.trim());
  if (undo && notes.get(undo.getAttribute("action")) !== note) offer(note, undo);
  fade(note);
  avoidFocus();
  if (PLACE.children.length > MOST) [...PLACE.children].find((other) => !other.matches(":hover, :focus-within")).remove();
}

/** Keep an Undo for Ctrl+Z until it was pressed; one that did not reach the server may be pressed again. */
function offer(note, form) {
  const address = form.getAttribute("action");
  const change = { address, text: note.querySelector("p").textContent };
  const others = () => undos.filter((other) => other.address !== address);
  const keep = () => keepAll([...others(), change].toSorted((one, other) => numberOf(one) - numberOf(other)).slice(-MOST_KEPT));
  notes.set(address, note);
  keep();
  form.addEventListener("submit", () => keepAll(others()));
  form.addEventListener("htmx:afterRequest", ({ detail }) => (!detail.xhr.status || detail.xhr.status >= 500) && keep());
}

const numberOf = ({ address }) => Number(address.match(/(\d+)\/$/)[1]);

function keepAll(changes) {
  undos = changes;
  store("sessionStorage", KEPT, undos);
}

/** Keep the toasts off what has the focus: they lie elsewhere while it is below them, and stay while it is in them. */
function avoidFocus() {
  const focused = document.activeElement?.closest("form") ?? document.activeElement;
  if (PLACE.contains(focused)) return;
  PLACE.classList.remove("aside");
  if (!focused || focused === document.body) return;
  const [toasts, under] = [PLACE, focused].map((element) => element.getBoundingClientRect());
  const isCovered = under.left < toasts.right && under.right > toasts.left && under.bottom > toasts.top && under.top < toasts.bottom;
  PLACE.classList.toggle("aside", isCovered);
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

document.addEventListener("focusin", () => PLACE.children.length && avoidFocus());
new MutationObserver((records) => {
  for (const { addedNodes } of records) for (const note of addedNodes) if (note instanceof HTMLElement && note.matches(".toast")) onShown(note);
}).observe(PLACE, { childList: true });
for (const note of [...PLACE.children]) onShown(note);
