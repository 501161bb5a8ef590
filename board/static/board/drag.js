// @ts-check
// Dragging with pointer events: at once with a mouse, after a long press with a finger or a pen, so that touch still scrolls.

import { animate, boxOf, createSlot, isSamePosition, positionOf, scrollIntoView, shownIn } from "./card.js";
import { get } from "./dom.js";
import { scrollNear } from "./edge-scroll.js";
import { laneAt, placeAt } from "./lanes.js";
import { swallow, swallowClick } from "./swallow.js";

const THRESHOLD = 4;
const LONG_PRESS = 250;
const MAX_SLIP = 8;

/**
 * A pointer that is down on a card; `timer` of a long press.
 * @typedef {Point & { pointer: number, card: HTMLElement, timer?: Timer }} Press
 */
/**
 * The card that is being dragged, the group with which it goes, and its slot; `left`, `top`: from the pointer to its corner;
 * `origin`: where it was; `target`: the tab or the sprint over which it is.
 * @typedef {Point & { card: HTMLElement, group: HTMLElement[], slot: HTMLElement, left: number, top: number, origin: Position, target?: HTMLElement | null, frame: number }} Drag
 */

/** @param {Pick<BoardPage, "board" | "cards" | "saveMove" | "dragLock" | "groupOf" | "moveInto">} page */
export function startDragging({ board, cards, saveMove, dragLock, groupOf = (card) => [card], moveInto }) {
  const columns = get(board, ".columns");
  const lists = [...columns.querySelectorAll(".cards")];
  /** @type {Press | null} */
  let press = null;
  /** @type {Drag | null} */
  let drag = null;
  /**
   * The pointer that is still down after Escape.
   * @type {number | null}
   */
  let cancelledPointer = null;

  /**
   * A second finger cancels a drag. After Escape, any press starts again.
   * @param {PointerEvent} event
   */
  function onAnyPress({ pointerId }) {
    cancelledPointer = null;
    if (press && pointerId !== press.pointer) cancel();
  }

  /** @param {PointerEvent & { target: HTMLElement }} event */
  function onPress(event) {
    const { target, pointerId: pointer, clientX: x, clientY: y } = event;
    const card = target.closest(".card");
    // With a modifier a press opens a menu or a tab, or selects text.
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
    if (press || !card || !event.isPrimary || event.button || hasModifier) return;
    if (target.closest(".move, form") || !canDrag(card)) return;
    press = { card, x, y, pointer };
    if (event.pointerType !== "mouse") press.timer = setTimeout(startDrag, LONG_PRESS);
  }

  /**
   * A long press starts a drag and opens no context menu. A menu that a mouse opens cancels the drag.
   * @param {Event} event
   */
  function onContextMenu(event) {
    if (press?.timer) event.preventDefault();
    else cancel();
  }

  /** @param {PointerEvent} event */
  function onMove(event) {
    if (!press || event.pointerId !== press.pointer) return;
    // The button was released outside the window.
    if (event.pointerType === "mouse" && !event.buttons) return cancel();
    const distance = Math.hypot(event.clientX - press.x, event.clientY - press.y);
    if (!drag && press.timer && distance > MAX_SLIP) endPress();
    else if (!drag && !press.timer && distance > THRESHOLD) startDrag();
    moveTo(event.clientX, event.clientY);
  }

  function startDrag() {
    if (!press) return;
    const { card, timer, x, y } = press;
    if (!card.isConnected || !canDrag(card)) return endPress();
    const box = boxOf(card);
    const slot = createSlot(card);
    const group = groupOf(card);
    for (const one of group) if (one !== card) one.classList.add("along");
    if (group.length > 1) card.dataset.group = String(group.length);
    drag = { card, group, slot, x, y, left: box.left - x, top: box.top - y, origin: positionOf(card), frame: requestAnimationFrame(scrollAtEdges) };
    card.before(slot);
    card.classList.add("lifted");
    card.style.width = `${box.width}px`;
    document.documentElement.classList.add("dragging");
    if (timer) navigator.vibrate?.(10);
    moveTo(x, y);
    dragLock.hold(card.dataset.task);
  }

  /**
   * Move the dragged card and its slot to where the pointer is.
   * @param {number} x
   * @param {number} y
   */
  function moveTo(x, y) {
    if (!drag) return;
    Object.assign(drag, { x, y });
    const { card, slot, left, top } = drag;
    card.style.transform = `translate(${x + left}px, ${y + top}px)`;
    const target = targetAt(x, y);
    markTarget(drag, target);
    const { hash } = /** @type {HTMLAnchorElement} */ (target ?? {});
    if (hash) return placeSlot(slot, cards.listIn(hash.slice(1)), null);
    if (target) return;
    const list = listAt(x) ?? /** @type {HTMLElement} */ (slot.parentElement);
    const others = shownIn(list).filter((other) => !other.matches(".lifted, .along"));
    placeSlot(slot, list, others[placeAt(y, others.map(boxOf), boxOf(list))] ?? null);
  }

  /**
   * Return the sprint or the tab at a point. The gaps on the bar of the tabs belong to the nearest one.
   * @param {number} x
   * @param {number} y
   */
  function targetAt(x, y) {
    const found = document.elementFromPoint(x, y)?.closest("[data-into], .tabs > div");
    if (!found?.matches("div")) return found;
    const tabs = [...found.children];
    return tabs[laneAt(x, tabs.map(boxOf), boxOf(found))];
  }

  /**
   * A column owns its whole lane, from the top of the window to the bottom, however few cards it has.
   * @param {number} x
   */
  function listAt(x) {
    const view = boxOf(columns);
    return lists[laneAt(Math.min(Math.max(x, view.left), view.right), lists.map(boxOf), view)];
  }

  function scrollAtEdges() {
    if (!drag) return;
    const { slot, target, x, y } = drag;
    const list = /** @type {HTMLElement} */ (slot.parentElement);
    const { top, bottom } = boxOf(list);
    const bar = get(board, ".tabs > div, .targets");
    const floor = getComputedStyle(bar).position === "fixed" ? boxOf(bar).top : innerHeight;
    if (!target) {
      scrollNear(list, "scrollTop", y, Math.max(top, 0), Math.min(bottom, floor));
      scrollNear(document.documentElement, "scrollTop", y, 0, floor);
      scrollNear(columns, "scrollLeft", x, 0, innerWidth);
    }
    drag.frame = requestAnimationFrame(scrollAtEdges);
  }

  /** @param {PointerEvent} event */
  function onRelease(event) {
    if (event.pointerId === cancelledPointer) {
      cancelledPointer = null;
      swallowClick();
    }
    if (!press || event.pointerId !== press.pointer) return;
    if (!drag) return endPress();
    if (event.clientX !== drag.x || event.clientY !== drag.y) moveTo(event.clientX, event.clientY);
    const { card, group, slot, origin, target } = drag;
    const into = moveInto && target?.dataset.into;
    const stays = !into && group.length === 1 && isSamePosition(positionOf(slot), origin);
    if (stays || into) slot.remove();
    else slot.replaceWith(...group);
    swallowClick();
    endDrag(drag);
    if (!into) scrollIntoView(card);
    dragLock.release(card.dataset.task, stays ? null : into ? moveInto(group, into) : saveMove(card, group));
    releaseAll(group);
  }

  /** @param {HTMLElement[]} group */
  function releaseAll(group) {
    for (const card of group) if (!card.matches(".saving")) cards.release(card);
  }

  /**
   * Escape cancels a drag. The button is still down: the click that follows opens nothing.
   * @param {KeyboardEvent} event
   */
  function onEscape(event) {
    if (event.key !== "Escape" || !drag || !press) return;
    cancelledPointer = press.pointer;
    swallow(event);
    cancel();
  }

  function cancel() {
    if (!drag) return endPress();
    const { card, group, slot } = drag;
    const from = boxOf(card);
    slot.remove();
    endDrag(drag);
    dragLock.release(card.dataset.task);
    const isSaving = card.matches(".saving");
    releaseAll(group);
    if (!isSaving) animate(card, from);
  }

  /** @param {Drag} ended */
  function endDrag({ card, group, frame, target }) {
    cancelAnimationFrame(frame);
    target?.classList.remove("target");
    for (const one of group) one.classList.remove("lifted", "along");
    delete card.dataset.group;
    card.removeAttribute("style");
    document.documentElement.classList.remove("dragging");
    drag = null;
    endPress();
  }

  function endPress() {
    clearTimeout(press?.timer);
    press = null;
  }

  board.addEventListener("pointerdown", onPress);
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("selectstart", (event) => (press || cancelledPointer !== null) && event.preventDefault());
  addEventListener("pointerdown", onAnyPress, { capture: true });
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onRelease);
  addEventListener("pointercancel", cancel);
  addEventListener("blur", cancel);
  addEventListener("keydown", onEscape, { capture: true });
  addEventListener("contextmenu", onContextMenu);
  addEventListener("scroll", () => drag && moveTo(drag.x, drag.y), { capture: true, passive: true });
  // Scrolling starts with the first touchmove whose default is not prevented, whatever touch-action says by then.
  addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });
}

/** @param {HTMLElement} card */
const canDrag = (card) => !card.matches(".open, .opening, .held");

/**
 * Mark where a drop would land: a sprint, or, on a phone, a tab under the thumb, whose column is scrolled into view.
 * @param {Drag} drag
 * @param {HTMLElement | null} [target]
 */
function markTarget(drag, target) {
  if (target === drag.target) return;
  drag.target?.classList.remove("target");
  drag.target = target;
  target?.classList.add("target");
  if (target instanceof HTMLAnchorElement) get(document, target.hash).scrollIntoView({ inline: "start", block: "nearest" });
}

/**
 * Put a slot before a card of a list, or at its end, unless it is there already.
 * @param {HTMLElement} slot
 * @param {HTMLElement} list
 * @param {HTMLElement | null} next
 */
function placeSlot(slot, list, next) {
  const isThere = slot.parentElement === list && (next?.dataset.task ?? "") === positionOf(slot).before;
  if (!isThere) list.insertBefore(slot, next);
}
