// @ts-check
// Moving a card by keyboard: one step at once, or picked up, carried and dropped.

import { boxOf, columnOf, createSlot, focusName, isSamePosition, listOf, nameOf, positionOf, scrollIntoView, shownIn, titleOf } from "./card.js";
import { ARROWS, columnBeside, middleOf } from "./grid.js";

/** @param {Pick<BoardPage, "cards" | "saveMove" | "dragLock" | "announce" | "announcePosition" | "t">} page */
export function createKeyboardMoves({ cards, saveMove, dragLock, announce, announcePosition, t }) {
  /**
   * The card that was picked up, the slot where it would land, and where it was.
   * @type {{ card: HTMLElement, slot: HTMLElement, origin: Position } | null}
   */
  let carried = null;

  /**
   * Announce who has locked a card, and return whether it can't be moved now.
   * @param {HTMLElement} card
   */
  function isLocked(card) {
    if (card.matches(".held")) announce(card.dataset.says ?? "");
    return card.matches(".held, .opening");
  }

  /**
   * Move a card one step, and save that.
   * @param {HTMLElement} card
   * @param {string} key
   */
  function moveBy(card, key) {
    if (isLocked(card)) return;
    const origin = positionOf(card);
    step(card, card, key);
    focusName(card);
    scrollIntoView(card);
    if (isSamePosition(positionOf(card), origin)) announcePosition(card);
    else saveMove(card);
  }

  /** @param {HTMLElement} card */
  function pickUp(card) {
    if (isLocked(card)) return;
    const slot = createSlot(card);
    card.after(slot);
    carried = { card, slot, origin: positionOf(card) };
    card.classList.add("lifted", "carried");
    dragLock.hold(card.dataset.task);
    announce(t("carrying", { task: nameOf(card) }));
  }

  /**
   * Handle a key while a card is carried. Returns whether one is.
   * @param {KeyboardEvent} event
   */
  function carry(event) {
    if (!carried) return false;
    const { card, slot, origin } = carried;
    const { key } = event;
    if (ARROWS[key]) {
      step(slot, card, key);
      scrollIntoView(slot);
      announceSlot(slot, card);
    } else if (key === "Enter" && !isSamePosition(positionOf(slot), origin)) {
      drop(card, slot);
    } else if (["Enter", "Escape", "Tab"].includes(key)) {
      cancel();
    } else {
      return true;
    }
    if (key !== "Tab") event.preventDefault();
    return true;
  }

  /**
   * @param {HTMLElement} slot
   * @param {HTMLElement} card
   */
  function announceSlot(slot, card) {
    const others = othersIn(columnOf(slot), card);
    announce(t("whereHere", { column: titleOf(columnOf(slot)), place: countBefore(slot, others) + 1, total: others.length + 1 }));
  }

  /**
   * @param {HTMLElement} card
   * @param {HTMLElement} slot
   */
  function drop(card, slot) {
    slot.replaceWith(card);
    end(card);
    cards.focusCard(card.dataset.task);
    dragLock.release(card.dataset.task, saveMove(card));
  }

  function cancel() {
    if (!carried) return;
    const { card, slot } = carried;
    slot.remove();
    end(card);
    dragLock.release(card.dataset.task);
    if (!card.matches(".saving")) cards.release(card);
    announce(t("putBack", { task: nameOf(card) }));
  }

  /** @param {HTMLElement} card */
  function end(card) {
    carried = null;
    card.classList.remove("lifted", "carried");
  }

  /**
   * Cancel a move when the focus goes elsewhere.
   * @param {HTMLElement} target
   */
  function onFocus(target) {
    if (carried && target.closest(".card") !== carried.card) cancel();
  }

  return { moveBy, pickUp, carry, onFocus };
}

/**
 * Put an element (a card, or its slot) one place further, or into the next column at its height.
 * @param {HTMLElement} element
 * @param {HTMLElement} card
 * @param {string} key
 */
function step(element, card, key) {
  const [across, down] = ARROWS[key];
  const column = across ? columnBeside(columnOf(element), across) : columnOf(element);
  if (!column) return;
  const others = othersIn(column, card);
  const index = across ? others.findIndex((other) => middleOf(other) > boxOf(element).top) : countBefore(element, others) + down;
  const next = index < 0 && !across ? others[0] : others[index];
  listOf(column).insertBefore(element, next ?? null);
}

/**
 * @param {HTMLElement} column
 * @param {HTMLElement} card
 */
const othersIn = (column, card) => shownIn(listOf(column)).filter((other) => other !== card);

/**
 * @param {HTMLElement} element
 * @param {HTMLElement[]} others
 */
const countBefore = (element, others) => others.filter((other) => element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING).length;
