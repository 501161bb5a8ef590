// @ts-check
// The columns of a board and their cards as a grid, in which arrow keys go from one to the next.

import { boxOf, columnOf, listOf, shownIn } from "./card.js";

/**
 * Key → the step that it means, across and down.
 * @type {Record<string, [across: number, down: number]>}
 */
export const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/**
 * Return the column that is `step` columns further.
 * @param {HTMLElement} column
 * @param {number} step
 */
export function columnBeside(column, step) {
  const columns = [.../** @type {HTMLElement} */ (column.parentElement).querySelectorAll("[data-column]")];
  return columns[columns.indexOf(column) + step];
}

/** @param {Element} element */
export function middleOf(element) {
  const { top, height } = boxOf(element);
  return top + height / 2;
}

/**
 * Return the card to which a key leads.
 * @param {HTMLElement} card
 * @param {string} key
 */
export function nextCard(card, key) {
  const cards = closedIn(columnOf(card));
  if (key === "Home" || key === "End") return cards.at(key === "Home" ? 0 : -1);
  const [across, down] = ARROWS[key];
  if (down) return cards[cards.indexOf(card) + down];
  const middle = middleOf(card);
  const distance = (/** @type {Element} */ other) => Math.abs(middleOf(other) - middle);
  for (let column = columnBeside(columnOf(card), across); column; column = columnBeside(column, across)) {
    const [nearest] = closedIn(column).toSorted((one, other) => distance(one) - distance(other));
    if (nearest) return nearest;
  }
}

/** @param {HTMLElement} column */
const closedIn = (column) => shownIn(listOf(column)).filter((card) => !card.matches(".open"));
