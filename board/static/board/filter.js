// @ts-check
// Hides the cards that do not match the filter. The server does the same with ?q= where there is no script (matching.js).

import { get } from "./dom.js";
import { matches, wordsOf } from "./matching.js";

/** @param {Pick<BoardPage, "board" | "cards" | "t">} page */
export function createFilter({ board, cards, t }) {
  const field = /** @type {HTMLInputElement} */ (document.querySelector(".filter input"));
  /**
   * Cards that stay visible until the filter changes, whether they match or not, so that a new or saved card does not vanish.
   * @type {Set<string>}
   */
  const visible = new Set();

  /** Filter the cards of the board, those that come later included. */
  function startFiltering() {
    field.addEventListener("input", onChange);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      field.value = "";
      onChange();
      field.blur();
    });
    field.form?.addEventListener("submit", (event) => event.preventDefault());
    new MutationObserver(() => field.value && applyFilter()).observe(get(board, ".columns"), { childList: true, subtree: true });
    applyFilter();
  }

  function focusFilter() {
    field.focus();
    field.select();
  }

  /**
   * Keep a card visible until the filter changes.
   * @param {string} id
   */
  function keepVisible(id) {
    if (!field.value) return;
    visible.add(id);
    applyFilter();
  }

  function onChange() {
    visible.clear();
    applyFilter();
  }

  function applyFilter() {
    const words = wordsOf(field.value);
    for (const card of board.querySelectorAll(".cards > .card:not(.open)")) {
      const isOut = words.length > 0 && !matches(searchedParts(card), words);
      card.hidden = isOut && !visible.has(card.dataset.task);
      if (isOut && !card.hidden) card.dataset.unmatched = t("unmatched");
      else delete card.dataset.unmatched;
    }
    board.toggleAttribute("data-filtered", words.length > 0);
    cards.updateCounts();
    const address = new URL(location.href);
    if (words.length) address.searchParams.set("q", field.value);
    else address.searchParams.delete("q");
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  return { startFiltering, focusFilter, keepVisible };
}

/** @param {HTMLElement} card */
function searchedParts(card) {
  const { task, excerpt = "" } = card.dataset;
  return { task, name: get(card, ".name").textContent, excerpt, assignee: get(card, ".assignee").title };
}
