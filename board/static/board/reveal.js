// @ts-check
// Scrolls what just happened into view: a card that was added, saved, moved or restored, a form that opened or was refused.

import { scrollIntoView } from "./card.js";

const HIGHLIGHT_TIME = 2_000;

/** @param {Pick<BoardPage, "cards" | "keepVisible">} page */
export function createReveal({ cards, keepVisible }) {
  /**
   * Show a card of mine wherever it is, under a filter, too. A new one is highlighted for a moment.
   * @param {string} id
   */
  function reveal(id, isNew = true) {
    if (isNew) keepVisible(id);
    const card = cards.find(id);
    if (!card) return;
    scrollIntoView(card);
    // The toast that comes with it may take up space.
    requestAnimationFrame(() => scrollIntoView(cards.find(id) ?? card));
    if (!isNew) return;
    card.classList.add("fresh");
    setTimeout(() => card.classList.remove("fresh"), HIGHLIGHT_TIME);
  }

  return { reveal };
}

/**
 * Show a form that arrived, and focus its first error or conflict, else its first field. Returns that field, null without one.
 * @param {HTMLElement} piece
 */
export function revealForm(piece) {
  const wrong = piece.querySelector?.("[aria-invalid=true], .clash input");
  const field = wrong ?? piece.querySelector?.("input:not([type=hidden]), textarea, select, .danger");
  if (!field) return null;
  scrollIntoView(piece);
  field.focus({ preventScroll: true });
  if (wrong) scrollIntoView(wrong.closest(".clash") ?? wrong.closest(".field") ?? wrong);
  else if (!piece.querySelector(".warning")) scrollIntoView(field);
  return field;
}
