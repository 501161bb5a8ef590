// @ts-check
// Saves the moves of cards, by drag or keyboard. A card is shown at its new place at once; the server's response is the truth.

import { isSamePosition, parseCards, positionOf } from "./card.js";
import { errorMessage } from "./error-messages.js";
import { canRetry, isOk, newKey, postFor } from "./requests.js";
import { urlOf } from "./urls.js";

/**
 * @typedef {{ key: string, position: Position }} Move
 * @typedef {{ status: number, reason: string }} Failure
 */

/** @param {Pick<BoardPage, "board" | "cards" | "toast" | "announcePosition" | "t">} page */
export function createMoves({ board, cards, toast, announcePosition, t }) {
  /**
   * Task id → its moves without a response, the first one under way, and the promise of when all have one.
   * @type {Map<string, { moves: Move[], done: Promise<void> | null }>}
   */
  const queues = new Map();

  /**
   * Save the position that a card has on the page; resolves when that is done, or has failed.
   * @param {HTMLElement} card
   */
  const saveMove = (card) => send(card, [{ key: newKey(), position: positionOf(card) }]);

  /**
   * @param {HTMLElement} card
   * @param {Move[]} moves
   */
  function send(card, moves) {
    const id = card.dataset.task;
    card.classList.add("saving");
    card.dataset.saving = t("saving");
    card.setAttribute("aria-busy", "true");
    cards.updateCounts();
    const queue = queues.get(id) ?? { moves: [], done: null };
    queue.moves.push(...moves);
    queues.set(id, queue);
    return (queue.done ??= sendAll(id, queue.moves));
  }

  /**
   * @param {string} id
   * @param {Move[]} moves
   */
  async function sendAll(id, moves) {
    let failure = null;
    while (moves.length && !failure) {
      failure = await post(id, moves[0]);
      if (!failure) moves.shift();
    }
    queues.delete(id);
    const card = cards.find(id);
    if (failure?.status === 404) return removeDeleted(id);
    if (!card) return;
    card.classList.remove("saving");
    card.removeAttribute("aria-busy");
    if (!card.matches(".lifted")) cards.release(card);
    const shown = cards.find(id);
    // It may have left the board, which was announced.
    if (!shown) return;
    if (!failure) announcePosition(shown);
    // A move may have been made although its response did not come back.
    else if (!isSamePosition(positionOf(shown), moves[moves.length - 1].position)) {
      toast(failure.reason, canRetry(failure) && (() => retry(id, moves)));
    }
  }

  /**
   * Send one move.
   * @param {string} id
   * @param {Move} move
   * @returns {Promise<Failure | null>}
   */
  async function post(id, { key, position }) {
    const card = cards.find(id);
    if (!card) return { status: 404, reason: "" };
    const { xhr, isLate } = await postFor(card, urlOf("place", id), { sprint: board.dataset.sprint, ...position }, key);
    if (isOk(xhr)) {
      showResponse(xhr.responseText);
      return null;
    }
    return { status: xhr.status, reason: errorMessage(isLate ? null : xhr, t) };
  }

  /**
   * Show the cards of a response, and that others are on another board.
   * @param {string} html
   */
  function showResponse(html) {
    for (const card of parseCards(html)) cards.upsert(card);
    const left = new DOMParser().parseFromString(html, "text/html").querySelector("[data-gone]");
    if (left) cards.removeAll(left.dataset);
  }

  /**
   * Send failed moves again, with the same keys, so that none is made twice.
   * @param {string} id
   * @param {Move[]} moves
   */
  function retry(id, moves) {
    const card = cards.find(id);
    if (!card) return;
    const { column, after, before } = moves[moves.length - 1].position;
    const list = cards.listIn(column);
    const inList = (/** @type {string} */ other) => (other ? list.querySelector(`:scope > [data-task="${other}"]`) : null);
    const previous = inList(after);
    list.insertBefore(card, previous ? previous.nextElementSibling : inList(before));
    cards.focusCard(id);
    send(card, moves);
  }

  /**
   * Remove a card whose task was deleted.
   * @param {string} id
   */
  function removeDeleted(id) {
    const card = cards.find(id);
    card?.classList.remove("open", "lifted", "saving");
    if (card) cards.remove(id, Number(card.dataset.version));
    toast(t("deleted"));
  }

  return { saveMove, showResponse, removeDeleted };
}
