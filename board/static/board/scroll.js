// Back and reload show the board where it was left: the page, the columns beside each other, and each column.

import { load, store } from "./storage.js";

const PLACE = `scroll:${location.pathname}`;
const board = document.querySelector(".board");
const scrollers = () => [document.scrollingElement, board.querySelector(".columns"), ...board.querySelectorAll(".cards")];

/** Tell the style how much of a column its scroll bar takes: nothing where it lies over the cards, as on phones. */
export function measureScrollBar() {
  const { offsetWidth, clientWidth } = board.querySelector(".cards");
  document.documentElement.style.setProperty("--scroll-bar", `${offsetWidth - clientWidth}px`);
}

export function keepScroll() {
  addEventListener("pagehide", remember);
  const type = performance.getEntriesByType("navigation")[0]?.type;
  if (type === "back_forward" || type === "reload") restore();
}

function remember() {
  store("sessionStorage", PLACE, scrollers().map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]));
}

function restore() {
  const positions = load("sessionStorage", PLACE, Array.isArray) ?? [];
  for (const [index, element] of scrollers().entries()) {
    const [left, top] = positions[index] ?? [];
    element.scrollTo({ left, top, behavior: "instant" });
  }
}
