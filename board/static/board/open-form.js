// @ts-check
// Opening a form in a card's place, and putting the card back.

import { release } from "./cards.js";
import { urlOf } from "./urls.js";

/**
 * Show a form of a card in its place, or the card itself.
 * @param {HTMLElement} card
 * @param {"card" | "edit" | "field" | "move"} form
 * @param {string} [field] of the form "field"
 */
export function openForm(card, form, field) {
  if (!card.matches(".held, .saving, .opening")) replaceCard(card, urlOf(form, card.dataset.task, field));
}

/**
 * Replace a card by what is at an address. The card stays until that comes, so that it finds the one it replaces.
 * @param {HTMLElement} card
 * @param {string} address
 */
export function replaceCard(card, address) {
  card.classList.add("opening");
  htmx
    .ajax("GET", address, { target: card, source: card, swap: "outerHTML" })
    .catch(() => {})
    .finally(() => {
      card.classList.remove("opening");
      if (card.isConnected && !card.matches(".open")) release(card);
    });
}
