// @ts-check
// Saves the moves of cards, by drag or keyboard. A card is shown at its new place at once; the server's response is the truth.

import { isSamePosition, parseCards, positionOf } from "./card.js";
import { errorMessage } from "./error-messages.js";
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
    /** @type {Promise<XMLHttpRequest>} */
    const response = new Promise((resolve) => {
      const onResponse = (/** @type {CustomEvent<HtmxDetail>} */ { detail }) => {
        if (detail.requestConfig.headers["Idempotency-Key"] !== key) return;
        card.removeEventListener("htmx:afterRequest", onResponse);
        resolve(detail.xhr);
      };
      card.addEventListener("htmx:afterRequest", onResponse);
    });
    let isLate = false;
    card.addEventListener("htmx:timeout", () => (isLate = true), { once: true });
    const values = { sprint: board.dataset.sprint, ...position };
    htmx
      .ajax("POST", urlOf("place", id), { source: card, target: card, swap: "none", values, headers: { "Idempotency-Key": key } })
      .catch(() => {});
    const xhr = await response;
    // The page is about to be left for the log-in page.
    if (xhr.status && xhr.getResponseHeader("HX-Redirect")) await new Promise(() => {});
    if (xhr.status >= 200 && xhr.status < 300) {
      showResponse(xhr.responseText);
      return null;
    }
    return { status: xhr.status, reason: errorMessage(isLate ? null : xhr, t) };
  }

  /**
   * Show the card of a response, or that someone has moved it to another board.
   * @param {string} html
   */
  function showResponse(html) {
    for (const card of parseCards(html)) cards.upsert(card);
    const left = new DOMParser().parseFromString(html, "text/html").querySelector("[data-gone]");
    if (left) cards.remove(left.dataset.gone, Number(left.dataset.seq));
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

  return { saveMove, removeDeleted };
}

// crypto.randomUUID exists on secure pages only.
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

/**
 * Return whether the same request may succeed later: the network or the server failed, but nothing was refused.
 * @param {Failure} failure
 */
const canRetry = ({ status }) => !status || status === 408 || status === 429 || status >= 500;
