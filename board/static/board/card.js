// @ts-check
// What the elements of a board say about themselves. A card has its id, version, column and sort key as data.

import { create, get } from "./dom.js";

/** @param {Element} element */
export const columnOf = (element) => /** @type {HTMLElement} */ (element.closest("[data-column]"));
/** @param {Element} element a card, or a slot */
export const listOf = (element) => get(columnOf(element), ".cards");
/** @param {Element} column */
export const titleOf = (column) => get(column, "h2 > span").textContent;
/** @param {Element} card */
export const nameOf = (card) => get(card, ".name").textContent;
/** @param {HTMLElement} card */
export const versionOf = (card) => Number(card.dataset.version);
/** @param {Element} list */
export const shownIn = (list) => [...list.querySelectorAll(":scope > [data-task]:not([hidden])")];
/** @param {Element} element */
export const boxOf = (element) => element.getBoundingClientRect();
/** @param {Element} card */
export const focusName = (card) => get(card, ".name").focus({ preventScroll: true });
/** @param {Element} element */
export const scrollIntoView = (element) => element.scrollIntoView({ block: "nearest", inline: "nearest" });

/** @param {string} html */
export function parseCards(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.querySelectorAll(".card")];
}

/**
 * Return where a card, or its slot, is among the cards that are shown.
 * @param {Element} element
 * @returns {Position}
 */
export function positionOf(element) {
  return {
    column: columnOf(element).dataset.column,
    after: neighbour(element, "previousElementSibling"),
    before: neighbour(element, "nextElementSibling"),
  };
}

/**
 * @param {Position} one
 * @param {Position} other
 */
export const isSamePosition = (one, other) => one.column === other.column && one.after === other.after && one.before === other.before;

/**
 * @param {Element} element
 * @param {"previousElementSibling" | "nextElementSibling"} side
 */
function neighbour(element, side) {
  let other = element[side];
  while (other && !other.matches("[data-task]:not([hidden], .lifted, .along)")) other = other[side];
  return other?.dataset.task ?? "";
}

/**
 * Return where a card is, for announcements.
 * @param {Element} card
 */
export function describePosition(card) {
  const all = [...listOf(card).querySelectorAll(":scope > [data-task]")];
  return { column: titleOf(columnOf(card)), place: all.indexOf(/** @type {HTMLElement} */ (card)) + 1, total: all.length };
}

/**
 * Return a slot of a card's height, which shows where the card would land.
 * @param {Element} card
 */
export function createSlot(card) {
  const slot = create("li", { className: "slot" });
  slot.style.height = `${boxOf(card).height}px`;
  return slot;
}

/**
 * Animate a card from the box where it was to its place.
 * @param {HTMLElement | null} card
 * @param {DOMRect} from
 */
export function animate(card, from) {
  if (!card) return;
  const to = boxOf(card);
  if (Math.abs(to.x - from.x) < 2 && Math.abs(to.y - from.y) < 2) return;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  // A column clips what leaves it, so a copy flies.
  const copy = card.cloneNode(true);
  copy.removeAttribute("data-task");
  copy.classList.add("flying");
  copy.inert = true;
  Object.assign(copy.style, { left: `${to.x}px`, top: `${to.y}px`, width: `${to.width}px` });
  document.body.append(copy);
  card.classList.add("landing");
  const start = { transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)` };
  copy.animate([start, {}], { duration: 180, easing: "ease-out" }).finished.finally(() => {
    copy.remove();
    card.classList.remove("landing");
  });
}
