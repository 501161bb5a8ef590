// @ts-check
// The roving tabindex of the WAI-ARIA practices: Tab stops once in each column. A board of 200 cards would have 400 stops otherwise.

import { columnOf } from "./card.js";
import { get } from "./dom.js";

/** @param {Pick<BoardPage, "board">} page */
export function startRovingTabindex({ board }) {
  /**
   * Column → the id of the card where Tab stops.
   * @type {Map<HTMLElement, string>}
   */
  const stops = new Map();

  /**
   * Let Tab stop at one card of a column: at `card`, else at the one where it stopped before, else at the first.
   * @param {HTMLElement} column
   * @param {HTMLElement | null} card
   */
  function updateTabStop(column, card = null) {
    if (card) stops.set(column, card.dataset.task);
    const cards = [...column.querySelectorAll(".cards > .card:not(.open)")];
    const shown = cards.filter(({ hidden }) => !hidden);
    const stop = shown.find(({ dataset }) => dataset.task === stops.get(column)) ?? shown[0];
    for (const other of cards) for (const link of other.querySelectorAll("a, input")) link.tabIndex = other === stop ? 0 : -1;
    // From a card, n adds to its column. The backlog's button stays a stop, as the one that people look for.
    const button = column.querySelector(":not(#backlog) > form.add button");
    if (button) button.tabIndex = stop ? -1 : 0;
  }

  board.addEventListener("focusin", ({ target }) => target.closest(".card") && updateTabStop(columnOf(target), target.closest(".card")));
  new MutationObserver((records) => {
    for (const column of new Set(records.map(({ target }) => columnOf(/** @type {HTMLElement} */ (target))))) if (column) updateTabStop(column);
  }).observe(get(board, ".columns"), { childList: true, subtree: true, attributeFilter: ["hidden"] });
  for (const column of board.querySelectorAll("[data-column]")) updateTabStop(column);
}
