// @ts-check
// Opening a form in a card's place, and putting the card back.

import { urlOf } from "./urls.js";

/** @param {Pick<BoardPage, "cards">} page */
export function createCardForms({ cards }) {
  /**
   * Show a form of a card in its place, or the card itself.
   * @param {HTMLElement} card
   * @param {"card" | "edit" | "field" | "move"} form
   * @param {string} [field] of the form "field"
   */
  function openForm(card, form, field) {
    if (!card.matches(".held, .saving, .opening")) replaceCard(card, urlOf(form, card.dataset.task, field));
  }

  /**
   * Replace a card by the response of an address. The card stays until that arrives.
   * @param {HTMLElement} card
   * @param {string} address
   */
  function replaceCard(card, address) {
    card.classList.add("opening");
    htmx
      .ajax("GET", address, { target: card, source: card, swap: "outerHTML" })
      .catch(() => {})
      .finally(() => {
        card.classList.remove("opening");
        if (card.isConnected && !card.matches(".open")) cards.release(card);
      });
  }

  return { openForm, replaceCard };
}
