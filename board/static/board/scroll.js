// @ts-check
// Back and reload show the board where it was left: the page, the columns beside each other, and each column.

import { get } from "./dom.js";
import { load, store } from "./storage.js";

/** @typedef {Pick<BoardPage, "board">} Parts */

const positionsKey = () => `scroll:${location.pathname}`;
/** @param {Parts} page */
const scrollersOf = ({ board }) => [document.documentElement, get(board, ".columns"), ...board.querySelectorAll(".cards")];

/**
 * Tell the style how much of a column its scroll bar takes: nothing where it lies over the cards, as on phones.
 * @param {Parts} page
 */
export function measureScrollBar({ board }) {
  const { offsetWidth, clientWidth } = get(board, ".cards");
  document.documentElement.style.setProperty("--scroll-bar", `${offsetWidth - clientWidth}px`);
}

/**
 * Store the scroll positions of a board, and restore them after Back and reload.
 * @param {Parts} page
 */
export function keepScroll(page) {
  addEventListener("pagehide", () => store("sessionStorage", positionsKey(), scrollersOf(page).map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop])));
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (["back_forward", "reload"].includes(navigation?.type)) restorePositions(page);
}

/** @param {Parts} page */
function restorePositions(page) {
  const positions = load("sessionStorage", positionsKey(), Array.isArray) ?? [];
  for (const [index, element] of scrollersOf(page).entries()) {
    const [left, top] = positions[index] ?? [];
    element.scrollTo({ left, top, behavior: "instant" });
  }
}
