// Dragging with pointer events: a mouse at once, a finger or a pen after a long press, so that scrolling stays scrolling.

import { between, free, glide, listOf, shownIn } from "./cards.js";
import { saveMove } from "./moves.js";

const THRESHOLD = 4;
const LONG_PRESS = 250;
const SLIP = 8;
const EDGE = 48;

const board = document.querySelector(".board");
const columns = board?.querySelector(".columns");
const tabs = board?.querySelector(".tabs > div");
let press = null;
let drag = null;
let hands = null;

/** Let cards be dragged; `holding` is told with `hold(id)` and `release(id)` what is in hand. */
export function startDragging(holding) {
  hands = holding;
  board.addEventListener("pointerdown", onPress);
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("selectstart", (event) => press && event.preventDefault());
  addEventListener("pointerdown", (event) => press && event.pointerId !== press.pointer && cancel());
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onRelease);
  addEventListener("pointercancel", cancel);
  addEventListener("blur", cancel);
  addEventListener("keydown", (event) => event.key === "Escape" && cancel());
  addEventListener("contextmenu", (event) => press && event.preventDefault());
  // Scrolling begins with the first touchmove that nobody refuses, whatever touch-action says by then.
  addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });
}

function onPress(event) {
  const card = event.target.closest(".card");
  // With a modifier a press opens a menu or a tab, or selects text.
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
  if (press || !card || !event.isPrimary || event.button || hasModifier) return;
  if (event.target.closest("i a, form") || card.matches(".open, .held")) return;
  press = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId };
  if (event.pointerType !== "mouse") press.timer = setTimeout(lift, LONG_PRESS);
}

function onMove(event) {
  if (!press || event.pointerId !== press.pointer) return;
  // The button was let go outside the window.
  if (event.pointerType === "mouse" && !event.buttons) return cancel();
  const distance = Math.hypot(event.clientX - press.x, event.clientY - press.y);
  if (!drag && press.timer && distance > SLIP) letGo();
  else if (!drag && !press.timer && distance > THRESHOLD) lift();
  if (drag) follow(event.clientX, event.clientY);
}

function lift() {
  const { card } = press;
  if (!card.isConnected || card.matches(".open, .held")) return letGo();
  const box = card.getBoundingClientRect();
  const slot = document.createElement("li");
  slot.className = "slot";
  slot.style.height = `${box.height}px`;
  drag = { card, slot, left: box.left - press.x, top: box.top - press.y, from: card.parentElement, stood: between(card) };
  card.before(slot);
  card.classList.add("lifted");
  card.style.width = `${box.width}px`;
  document.documentElement.classList.add("dragging");
  if (press.timer) navigator.vibrate?.(10);
  follow(press.x, press.y);
  drag.scroller = requestAnimationFrame(scrollAtEdges);
  hands.hold(card.dataset.task);
}

function follow(x, y) {
  Object.assign(drag, { x, y });
  drag.card.style.transform = `translate(${x + drag.left}px, ${y + drag.top}px)`;
  const under = document.elementFromPoint(x, y);
  const tab = under?.closest(".tabs a");
  markTab(tab);
  if (tab) return slotInto(listOf(tab.hash.slice(1)), null);
  const list = laneAt(x).querySelector(".cards");
  const next = shownIn(list).find((other) => {
    const box = other.getBoundingClientRect();
    return other !== drag.card && y < box.top + box.height / 2;
  });
  slotInto(list, next ?? null);
}

/** Return the column that a pointer is in: each owns its lane from the top of the window to its end, the gaps go to the nearest. */
function laneAt(x) {
  const distance = (column) => {
    const { left, right } = column.getBoundingClientRect();
    return Math.max(left - x, x - right, 0);
  };
  return [...columns.children].reduce((nearest, column) => (distance(column) < distance(nearest) ? column : nearest));
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
  const { top, bottom } = list.getBoundingClientRect();
  const floor = getComputedStyle(tabs).position === "fixed" ? tabs.getBoundingClientRect().top : innerHeight;
  if (!drag.tab) {
    const moved =
      pull(list, "scrollTop", drag.y, top, Math.min(bottom, floor)) +
      pull(document.scrollingElement, "scrollTop", drag.y, 0, floor) +
      pull(columns, "scrollLeft", drag.x, 0, innerWidth);
    if (moved) follow(drag.x, drag.y);
  }
  drag.scroller = requestAnimationFrame(scrollAtEdges);
}

function pull(element, side, at, start, end) {
  const before = element[side];
  if (at < start + EDGE) element[side] -= (start + EDGE - at) / 4;
  else if (at > end - EDGE) element[side] += (at - end + EDGE) / 4;
  return element[side] !== before;
}

function onRelease(event) {
  if (!press || event.pointerId !== press.pointer) return;
  if (!drag) return letGo();
  const { card, slot, from, stood } = drag;
  const { after, before } = between(slot);
  const stays = slot.parentElement === from && after === stood.after && before === stood.before;
  if (stays) slot.remove();
  else slot.replaceWith(card);
  swallowClick();
  putDown();
  hands.release(card.dataset.task, stays ? null : saveMove(card));
  if (!card.matches(".saving")) free(card);
}

function cancel() {
  if (!drag) return letGo();
  const { card, slot } = drag;
  const from = card.getBoundingClientRect();
  slot.remove();
  putDown();
  hands.release(card.dataset.task);
  if (card.matches(".saving")) return;
  free(card);
  glide(card, from);
}

function putDown() {
  const { card, scroller, tab } = drag;
  cancelAnimationFrame(scroller);
  tab?.classList.remove("target");
  card.classList.remove("lifted");
  card.removeAttribute("style");
  document.documentElement.classList.remove("dragging");
  drag = null;
  letGo();
}

function letGo() {
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
