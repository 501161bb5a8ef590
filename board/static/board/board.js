// @ts-check
// The entry of all pages but the backlog: on a sprint's board, a click on a card opens its form.

import { startPage } from "./page.js";

startPage((page) => page.board.addEventListener("click", (event) => openInPlace(event, page)));

/**
 * A click on a card opens its form in its place; with a modifier it stays a link.
 * @param {MouseEvent & { target: HTMLElement }} event
 * @param {BoardPage} page
 */
function openInPlace(event, { openForm }) {
  const link = event.target.closest(".card:not(.open) a");
  const card = link?.closest(".card");
  if (!card || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openForm(card, link?.matches(".move") ? "move" : "edit");
}
