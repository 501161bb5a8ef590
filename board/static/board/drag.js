// @ts-check
// Dragging with pointer events: a mouse at once, a finger or a pen after a long press, so that scrolling stays scrolling.

import { animate, between, listOf, release, shownIn, slotFor } from "./cards.js";
import { laneAt, placeAt } from "./lanes.js";
import { saveMove } from "./moves.js";

const THRESHOLD = 4;
const LONG_PRESS = 250;
const SLIP = 8;
const EDGE = 48;
const FASTEST = 24;

// Parts of the board (startDragging).
let columns;
let tabs;
let lists;
/**
 * The pointer that is down on a card; `isOver` after Escape.
 * @type {{ pointer: number, card?: HTMLElement, x?: number, y?: number, timer?: ReturnType<typeof setTimeout>, isOver?: boolean } | null}
 */
let press = null;
/**
 * The card that is being dragged, and its slot. `left`, `top`: from the pointer to its corner; `from`, `stood`: where it was.
 * @type {{ card: HTMLElement, slot: HTMLElement, left: number, top: number, from: HTMLElement, stood: { after: string, before: string },
 *   x?: number, y?: number, tab?: HTMLElement, scroller?: number } | null}
 */
let drag = null;
let dragLock = null;

/** Let the cards of a board be dragged; `lock` is told with `hold(id)` and `release(id)` which one is. */
export function startDragging(board, lock) {
  columns = board.querySelector(".columns");
  tabs = board.querySelector(".tabs > div");
  lists = [...columns.querySelectorAll(".cards")];
  dragLock = lock;
  board.addEventListener("pointerdown", onPress);
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("selectstart", (event) => press && event.preventDefault());
  addEventListener("pointerdown", onOtherPress, { capture: true });
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onRelease);
  addEventListener("pointercancel", cancel);
  addEventListener("blur", cancel);
  addEventListener("keydown", (event) => event.key === "Escape" && drag && abort(event), { capture: true });
  addEventListener("contextmenu", onContextMenu);
  addEventListener("scroll", () => drag && follow(drag.x, drag.y), { capture: true, passive: true });
  // Scrolling begins with the first touchmove that nobody refuses, whatever touch-action says by then.
  addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });
}

/** A second finger ends a drag; after one that Escape ended, any press begins anew. */
function onOtherPress({ pointerId }) {
  if (press?.isOver) endPress();
  else if (press && pointerId !== press.pointer) cancel();
}

function onPress(event) {
  const card = event.target.closest(".card");
  // With a modifier a press opens a menu or a tab, or selects text.
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
  if (press || !card || !event.isPrimary || event.button || hasModifier) return;
  if (event.target.closest(".move, form") || card.matches(".open, .opening, .held")) return;
  press = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId };
  if (event.pointerType !== "mouse") press.timer = setTimeout(lift, LONG_PRESS);
}

/** A long press of a finger lifts the card and opens no menu; where a mouse opens one, nothing is dragged. */
function onContextMenu(event) {
  if (press?.timer) event.preventDefault();
  else cancel();
}

function onMove(event) {
  if (!press || event.pointerId !== press.pointer) return;
  // The button was let go outside the window.
  if (event.pointerType === "mouse" && !event.buttons) return cancel();
  if (press.isOver) return;
  const distance = Math.hypot(event.clientX - press.x, event.clientY - press.y);
  if (!drag && press.timer && distance > SLIP) endPress();
  else if (!drag && !press.timer && distance > THRESHOLD) lift();
  if (drag) follow(event.clientX, event.clientY);
}

function lift() {
  const { card } = press;
  if (!card.isConnected || card.matches(".open, .opening, .held")) return endPress();
  const box = card.getBoundingClientRect();
  const slot = slotFor(card);
  drag = { card, slot, left: box.left - press.x, top: box.top - press.y, from: card.parentElement, stood: between(card) };
  card.before(slot);
  card.classList.add("lifted");
  card.style.width = `${box.width}px`;
  document.documentElement.classList.add("dragging");
  if (press.timer) navigator.vibrate?.(10);
  follow(press.x, press.y);
  drag.scroller = requestAnimationFrame(scrollAtEdges);
  dragLock.hold(card.dataset.task);
}

function follow(x, y) {
  Object.assign(drag, { x, y });
  drag.card.style.transform = `translate(${x + drag.left}px, ${y + drag.top}px)`;
  const tab = tabAt(x, y);
  markTab(tab);
  if (tab) return slotInto(listOf(tab.hash.slice(1)), null);
  const list = listAt(x);
  const cards = shownIn(list).filter((other) => other !== drag.card);
  slotInto(list, cards[placeAt(y, cards.map(boxOf), boxOf(list))] ?? null);
}

const boxOf = (element) => element.getBoundingClientRect();

/** Return the tab for a point on their bar: the gaps between them go to the nearest. */
function tabAt(x, y) {
  if (!document.elementFromPoint(x, y)?.closest(".tabs > div")) return;
  const all = [...tabs.children];
  return all[laneAt(x, all.map(boxOf), boxOf(tabs))];
}

/** A column owns its whole lane, from the top of the window to the bottom, however few cards it has. */
function listAt(x) {
  const view = boxOf(columns);
  const at = laneAt(Math.min(Math.max(x, view.left), view.right), lists.map(boxOf), view);
  return lists[at] ?? drag.slot.parentElement;
}

/** On a phone the tabs lie under the thumb while a card is in hand: over one, its column comes and takes the card. */
function markTab(tab) {
  if (tab === drag.tab) return;
  drag.tab?.classList.remove("target");
  drag.tab = tab;
  if (!tab) return;
  tab.classList.add("target");
  document.getElementById(tab.hash.slice(1)).scrollIntoView({ inline: "start", block: "nearest" });
}

function slotInto(list, next) {
  const { slot } = drag;
  const stands = slot.parentElement === list && (next?.dataset.task ?? "") === between(slot).before;
  if (!stands) list.insertBefore(slot, next);
}

function scrollAtEdges() {
  const list = drag.slot.parentElement;
  const { top, bottom } = boxOf(list);
  const floor = getComputedStyle(tabs).position === "fixed" ? boxOf(tabs).top : innerHeight;
  if (!drag.tab) {
    pull(list, "scrollTop", drag.y, Math.max(top, 0), Math.min(bottom, floor));
    pull(document.scrollingElement, "scrollTop", drag.y, 0, floor);
    pull(columns, "scrollLeft", drag.x, 0, innerWidth);
  }
  drag.scroller = requestAnimationFrame(scrollAtEdges);
}

function pull(element, side, at, start, end) {
  const back = start + EDGE - at;
  const on = at - end + EDGE;
  if (back > 0) element[side] -= Math.min(back / 4, FASTEST);
  else if (on > 0) element[side] += Math.min(on / 4, FASTEST);
}

function onRelease(event) {
  if (!press || event.pointerId !== press.pointer) return;
  if (press.isOver) swallowClick();
  if (!drag) return endPress();
  if (event.clientX !== drag.x || event.clientY !== drag.y) follow(event.clientX, event.clientY);
  const { card, slot, from, stood } = drag;
  const { after, before } = between(slot);
  const stays = slot.parentElement === from && after === stood.after && before === stood.before;
  if (stays) slot.remove();
  else slot.replaceWith(card);
  swallowClick();
  putDown();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  dragLock.release(card.dataset.task, stays ? null : saveMove(card));
  if (!card.matches(".saving")) release(card);
}

/** Escape puts the card back. The button is still down: the click that follows opens nothing. */
function abort(event) {
  const { pointer } = press;
  event.preventDefault();
  event.stopPropagation();
  cancel();
  press = { pointer, isOver: true };
}

function cancel() {
  if (!drag) return endPress();
  const { card, slot } = drag;
  const from = card.getBoundingClientRect();
  slot.remove();
  putDown();
  dragLock.release(card.dataset.task);
  if (card.matches(".saving")) return;
  release(card);
  animate(card, from);
}

function putDown() {
  const { card, scroller, tab } = drag;
  cancelAnimationFrame(scroller);
  tab?.classList.remove("target");
  card.classList.remove("lifted");
  card.removeAttribute("style");
  document.documentElement.classList.remove("dragging");
  drag = null;
  endPress();
}

function endPress() {
  clearTimeout(press?.timer);
  press = null;
}

/** The click that ends a drag opens nothing. */
function swallowClick() {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
}
