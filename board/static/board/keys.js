// @ts-check
// The keyboard shortcuts of a board (templates/board/keys.html).

import { columnOf } from "./card.js";
import { get } from "./dom.js";
import { ARROWS, nextCard } from "./grid.js";
import { createKeyboardMoves } from "./keyboard-moves.js";
import { letterOf } from "./keyboard.js";

/** @type {Record<string, string>} */
const FIELDS = { a: "assigned", r: "name", d: "due" };

/** @param {BoardPage} page */
export function startKeys(page) {
  const { board, cards, openForm, openTask, focusFilter, undoNewest } = page;
  const { moveBy, pickUp, carry, onFocus } = createKeyboardMoves(page);
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("keys"));
  const button = get(document, ".keys-button");
  // Fields in which the browser has something to undo.
  const typedInto = new WeakSet();

  /** @param {KeyboardEvent & { target: HTMLElement }} event */
  function onKey(event) {
    const { target } = event;
    const key = letterOf(event);
    const handle = (/** @type {() => void} */ action) => {
      event.preventDefault();
      action();
    };
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (isUndo(event) && isUntouched(target)) return handle(undoNewest);
    if (target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]") || target.closest(".card.open")) return;
    const panel = target.closest("#panel");
    const card = panel ? cards.find(openTask()) : target.closest(".card");
    if (carry(event)) return;
    if (isUndo(event)) handle(undoNewest);
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.altKey) card && ARROWS[key] && handle(() => moveBy(card, key));
    else if (ARROWS[key] || key === "Home" || key === "End") (card || target === document.body) && handle(() => moveFocus(card, key));
    else if (key === "?") handle(showShortcuts);
    else if (key === "/") handle(focusFilter);
    else if (key === "n") handle(() => addTask(card));
    else if (card && key === "m") handle(() => pickUp(card));
    else if (key === "e" && openTask()) handle(() => document.querySelector("#panel [data-edit]")?.click());
    else if (card && key === "e") handle(() => openForm(card, "edit"));
    else if (card && FIELDS[key]) handle(() => openForm(card, "field", FIELDS[key]));
  }

  /**
   * After a task was added, an empty form for the next one has the focus. Until something is typed there, Ctrl+Z is the board's.
   * @param {HTMLElement} field
   */
  const isUntouched = (field) => field.matches("form.adding :is(input, textarea)") && !(/** @type {Field} */ (field).value || typedInto.has(field));

  function showShortcuts() {
    dialog.showModal();
  }

  /** @param {HTMLElement | null} card whose column gets the task, else the backlog */
  function addTask(card) {
    const column = card ? columnOf(card) : get(board, "[data-column]");
    const addButton = column.querySelector("form.add button");
    (column.querySelector("form.adding :is(input:not([type=hidden]), textarea)") ?? addButton)?.focus();
    addButton?.click();
  }

  /**
   * @param {HTMLElement | null} card
   * @param {string} key
   */
  function moveFocus(card, key) {
    const next = card ? nextCard(card, key) : board.querySelector(".card:not(.open, [hidden])");
    next?.querySelector(".name")?.focus();
  }

  button.hidden = false;
  button.addEventListener("click", showShortcuts);
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", ({ target }) => typedInto.add(target));
  document.addEventListener("focusin", ({ target }) => onFocus(target));
}

/** @param {KeyboardEvent} event */
const isUndo = (event) => letterOf(event) === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
