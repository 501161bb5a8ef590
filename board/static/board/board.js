// @ts-check
// The entry of all pages but the backlog: on a sprint's board, a click on "Move" opens that form in the card's place.

import { startPage } from "./page.js";

startPage((page) => page.board.addEventListener("click", (event) => openInPlace(event, page)));

/**
 * A click on "Move" opens the form in the card's place; with a modifier it stays a link.
 * @param {MouseEvent & { target: HTMLElement }} event
 * @param {BoardPage} page
 */
function openInPlace(event, { openForm }) {
  const card = event.target.closest(".card:not(.open) .move")?.closest(".card");
  if (!card || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openForm(card, "move");
}
