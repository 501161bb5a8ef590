// @ts-check
// The board by keyboard. Each column is one stop of Tab, arrows walk the cards in it (the roving tabindex of the
// WAI-ARIA practices): a board of 200 cards would have 400 stops otherwise.

import { announce, announcePosition, nameOf } from "./announcer.js";
import { between, columnOf, focus, release, shownIn, slotFor, titleOf } from "./cards.js";
import { focusFilter } from "./filter.js";
import { t } from "./i18n.js";
import { letterOf } from "./keyboard.js";
import { saveMove } from "./moves.js";
import { openForm } from "./open-form.js";
import { undoNewest } from "./toasts.js";

// The board and the dialog with the shortcuts (startKeys).
let board;
let sheet;
let columns;
let dragLock;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const FIELDS = { a: "assigned", r: "name", d: "due" };
// Column → the id of the card where Tab stops.
const stops = new Map();
// Fields in which the browser has something to undo.
const typedInto = new WeakSet();
// The card in hand and the slot where it would land.
let carried = null;

/** Listen to keys on a board; `lock` is told with `hold(id)` and `release(id)` which card is being moved. */
export function startKeys(element, lock) {
  board = element;
  dragLock = lock;
  columns = [...board.querySelectorAll("[data-column]")];
  sheet = document.getElementById("keys");
  const button = document.querySelector(".keys-button");
  button.hidden = false;
  button.addEventListener("click", () => sheet.showModal());
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", ({ target }) => typedInto.add(target));
  document.addEventListener("focusin", (/** @type {ElementEvent<FocusEvent>} */ event) => carried && event.target.closest(".card") !== carried.card && cancelMove());
  board.addEventListener("focusin", ({ target }) => target.closest(".card") && rove(columnOf(target), target.closest(".card")));
  new MutationObserver((records) => {
    for (const column of new Set(records.map(({ target }) => columnOf(target)))) if (column) rove(column);
  }).observe(board.querySelector(".columns"), { childList: true, subtree: true, attributeFilter: ["hidden"] });
  for (const column of columns) rove(column);
}

/** Let Tab stop at one card of a column: at `card`, else at the one where it stopped before, else at the first. */
function rove(column, card) {
  if (card) stops.set(column, card.dataset.task);
  const cards = [...column.querySelectorAll(".cards > .card:not(.open)")];
  const shown = cards.filter((one) => !one.hidden);
  const stop = shown.find((one) => one.dataset.task === stops.get(column)) ?? shown[0];
  for (const one of cards) for (const link of one.querySelectorAll("a")) link.tabIndex = one === stop ? 0 : -1;
}

function onKey(event) {
  const { target } = event;
  const key = letterOf(event);
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (isUndo(event) && isUntouched(target)) return act(event, undoNewest);
  if (target.matches("input, textarea, select, [contenteditable]") || target.closest(".card.open")) return;
  const card = target.closest(".card");
  if (carried) carry(event);
  else if (isUndo(event)) act(event, undoNewest);
  else if (event.ctrlKey || event.metaKey) return;
  else if (event.altKey) card && ARROWS[key] && act(event, () => moveBy(card, ARROWS[key]));
  else if (ARROWS[key] || key === "Home" || key === "End") (card || target === document.body) && act(event, () => walk(card, key));
  else if (key === "?") act(event, () => sheet.showModal());
  else if (key === "/") act(event, focusFilter);
  else if (key === "n") act(event, addTask);
  else if (card && key === "m") act(event, () => pickUp(card));
  else if (card && key === "e") act(event, () => openForm(card, "edit"));
  else if (card && FIELDS[key]) act(event, () => openForm(card, "field", FIELDS[key]));
}

const isUndo = (event) => letterOf(event) === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;

/** A new task leaves an empty form for the next: as long as nothing was typed into that, Ctrl+Z is of the board. */
const isUntouched = (field) => field.matches("form.adding :is(input, textarea)") && !field.value && !typedInto.has(field);

function act(event, what) {
  event.preventDefault();
  what();
}

function addTask() {
  (board.querySelector("form.adding input:not([type=hidden])") ?? board.querySelector("form.add button")).focus();
  board.querySelector("form.add button")?.click();
}

function walk(card, key) {
  const to = card ? towards(card, key) : board.querySelector(".card:not(.open, [hidden])");
  to?.querySelector(".name").focus();
}

function towards(card, key) {
  const cards = walkable(columnOf(card));
  if (key === "Home" || key === "End") return cards.at(key === "Home" ? 0 : -1);
  const [across, down] = ARROWS[key];
  if (down) return cards[cards.indexOf(card) + down];
  for (let column = beside(columnOf(card), across); column; column = beside(column, across)) {
    const middle = middleOf(card);
    const near = (other) => Math.abs(middleOf(other) - middle);
    const nearest = walkable(column).toSorted((one, other) => near(one) - near(other))[0];
    if (nearest) return nearest;
  }
}

const walkable = (column) => shownIn(column.querySelector(".cards")).filter((card) => !card.matches(".open"));
const beside = (column, step) => columns[columns.indexOf(column) + step];

function middleOf(element) {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}

function moveBy(card, arrow) {
  if (isHeld(card)) return;
  const stood = between(card);
  const column = columnOf(card);
  step(card, card, arrow);
  const { after, before } = between(card);
  card.querySelector(".name").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (columnOf(card) === column && after === stood.after && before === stood.before) announcePosition(card);
  else saveMove(card);
}

function isHeld(card) {
  if (card.matches(".held")) announce(card.dataset.says);
  return card.matches(".held, .opening");
}

/** Put an element (a card, or the slot of `card`) one place further, or into the next column at its height. */
function step(element, card, [across, down]) {
  const column = across ? beside(columnOf(element), across) : columnOf(element);
  if (!column) return;
  const list = column.querySelector(".cards");
  const others = shownIn(list).filter((other) => other !== card);
  const at = across
    ? others.findIndex((other) => middleOf(other) > element.getBoundingClientRect().top)
    : others.filter((other) => element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING).length + down;
  list.insertBefore(element, at < 0 ? (across ? null : others[0] ?? null) : others[at] ?? null);
}

function pickUp(card) {
  if (isHeld(card)) return;
  const slot = slotFor(card);
  card.after(slot);
  carried = { card, slot, from: card.parentElement, stood: between(card) };
  card.classList.add("lifted", "carried");
  dragLock.hold(card.dataset.task);
  announce(t("carrying", { task: nameOf(card) }));
}

function carry(event) {
  const { card, slot, from, stood } = carried;
  if (ARROWS[event.key]) {
    step(slot, card, ARROWS[event.key]);
    slot.scrollIntoView({ block: "nearest", inline: "nearest" });
    announceTarget(slot, card);
  } else if (event.key === "Enter") {
    const { after, before } = between(slot);
    if (slot.parentElement === from && after === stood.after && before === stood.before) cancelMove();
    else drop();
  } else if (event.key === "Escape" || event.key === "Tab") {
    cancelMove();
  } else {
    return;
  }
  if (event.key !== "Tab") event.preventDefault();
}

function announceTarget(slot, card) {
  const others = shownIn(slot.parentElement).filter((other) => other !== card);
  const place = others.filter((other) => slot.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING).length + 1;
  announce(t("whereHere", { column: titleOf(columnOf(slot)), place, total: others.length + 1 }));
}

function drop() {
  const { card, slot } = carried;
  slot.replaceWith(card);
  endMove();
  focus(card.dataset.task);
  dragLock.release(card.dataset.task, saveMove(card));
}

function cancelMove() {
  const { card, slot } = carried;
  slot.remove();
  endMove();
  dragLock.release(card.dataset.task);
  if (!card.matches(".saving")) release(card);
  announce(t("putBack", { task: nameOf(card) }));
}

function endMove() {
  const { card } = carried;
  carried = null;
  card.classList.remove("lifted", "carried");
}
