// @ts-check
// On a phone one column shows at a time, and its tab is marked.

import { get } from "./dom.js";

/** @param {Pick<BoardPage, "board">} page */
export function startTabs({ board }) {
  const tabs = new Map([...board.querySelectorAll(".tabs a")].map((tab) => [/** @type {HTMLAnchorElement} */ (tab).hash.slice(1), tab]));
  const bar = get(board, ".tabs > div");
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const tab = /** @type {HTMLElement} */ (tabs.get(target.id));
        tab.removeAttribute("aria-current");
        if (!isIntersecting) continue;
        tab.setAttribute("aria-current", "true");
        bar.scrollLeft = tab.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
      }
    },
    { root: get(board, ".columns"), threshold: 0.6 },
  );
  for (const column of board.querySelectorAll("[data-column]")) observer.observe(column);
}
