// @ts-check
// Back and reload show the board where it was left: the page, the columns beside each other, and each column.

import { load, store } from "./storage.js";

const positionsKey = () => `scroll:${location.pathname}`;
const scrollers = (board) => [document.scrollingElement, board.querySelector(".columns"), ...board.querySelectorAll(".cards")];

/** Tell the style how much of a column its scroll bar takes: nothing where it lies over the cards, as on phones. */
export function measureScrollBar(board) {
  const { offsetWidth, clientWidth } = board.querySelector(".cards");
  document.documentElement.style.setProperty("--scroll-bar", `${offsetWidth - clientWidth}px`);
}

/** Store the scroll positions of a board, and restore them after Back and reload. */
export function keepScroll(board) {
  addEventListener("pagehide", () => remember(board));
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (["back_forward", "reload"].includes(navigation?.type)) restore(board);
}

function remember(board) {
  store("sessionStorage", positionsKey(), scrollers(board).map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]));
}

function restore(board) {
  const positions = load("sessionStorage", positionsKey(), Array.isArray) ?? [];
  for (const [index, element] of scrollers(board).entries()) {
    const [left, top] = positions[index] ?? [];
    element.scrollTo({ left, top, behavior: "instant" });
  }
}
