// @ts-check
// Moving a card, with whatever hand: it stands at once where it was put, and the server's card is the truth.

import { announcePosition } from "./announcer.js";
import { between, columnOf, count, find, focus, listOf, parse, release, remove, upsert } from "./cards.js";
import { errorMessage } from "./error-messages.js";
import { t } from "./i18n.js";
import { toast } from "./toasts.js";
import { urlOf } from "./urls.js";

// The board (startMoves).
let board;
// Card id → its moves that are not answered yet, the first on its way, and the promise of when all are.
const queues = new Map();

/** Save the moves of cards of this board. */
export function startMoves(element) {
  board = element;
}

/** Save that a card was put where it stands on the page now; resolves when that is done, or has failed. */
export function saveMove(card) {
  const place = { sprint: board.dataset.sprint, column: columnOf(card).dataset.column, ...between(card) };
  return send(card, [{ key: newKey(), place }]);
}

// crypto.randomUUID exists on secure pages only.
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function send(card, moves) {
  const id = card.dataset.task;
  card.classList.add("saving");
  card.dataset.saving = t("saving");
  card.setAttribute("aria-busy", "true");
  count();
  const queue = queues.get(id) ?? { moves: [], done: null };
  queue.moves.push(...moves);
  queues.set(id, queue);
  return (queue.done ??= sendAll(id, queue.moves));
}

async function sendAll(id, moves) {
  let failure = null;
  let last;
  while (moves.length && !failure) {
    last = moves[0];
    failure = await post(id, last);
    if (!failure) moves.shift();
  }
  queues.delete(id);
  const card = find(id);
  if (failure?.status === 404) return removeDeleted(id);
  if (!card) return;
  card.classList.remove("saving");
  card.removeAttribute("aria-busy");
  if (!card.matches(".lifted")) release(card);
  const shown = find(id);
  // It may have left the board meanwhile, and that was said.
  if (!shown) return;
  if (!failure) announcePosition(shown);
  else if (!isInPlace(id, moves.at(-1).place)) toast(failure.reason, canSucceed(failure) && (() => retry(id, moves)));
}

/** Tell whether the same request may be accepted later: the network or the server failed, and nobody refused it. */
const canSucceed = ({ status }) => !status || status === 408 || status === 429 || status >= 500;

/** Send one move; returns null, or why it failed. */
async function post(id, { key, place }) {
  const card = find(id);
  if (!card) return { status: 404 };
  const answered = new Promise((resolve) => {
    const hear = ({ detail }) => {
      if (detail.requestConfig.headers["Idempotency-Key"] !== key) return;
      card.removeEventListener("htmx:afterRequest", hear);
      resolve(detail.xhr);
    };
    card.addEventListener("htmx:afterRequest", hear);
  });
  let isLate = false;
  card.addEventListener("htmx:timeout", () => (isLate = true), { once: true });
  htmx
    .ajax("POST", urlOf("place", id), { source: card, target: card, swap: "none", values: place, headers: { "Idempotency-Key": key } })
    .catch(() => {});
  const xhr = await answered;
  // On the way to the log-in page there is nothing more to say.
  if (xhr.status && xhr.getResponseHeader("HX-Redirect")) await new Promise(() => {});
  if (xhr.status >= 200 && xhr.status < 300) {
    take(xhr.responseText);
    return null;
  }
  return { status: xhr.status, reason: errorMessage(isLate ? null : xhr) };
}

/** Show what was answered: the card, or that somebody took it to another board meanwhile. */
function take(answer) {
  for (const fresh of parse(answer)) upsert(fresh);
  const left = new DOMParser().parseFromString(answer, "text/html").querySelector("[data-gone]");
  if (left) remove(left.dataset.gone, Number(left.dataset.seq));
}

/** Tell whether a card came to where it was meant, though the answer did not come back. */
function isInPlace(id, place) {
  const card = find(id);
  const { after, before } = between(card);
  return columnOf(card).dataset.column === place.column && after === place.after && before === place.before;
}

/** Make the moves that failed once more, with the same keys, so that none is made twice. */
function retry(id, moves) {
  const card = find(id);
  if (!card) return;
  const { column, after, before } = moves.at(-1).place;
  const list = listOf(column);
  const beside = (other) => other && list.querySelector(`:scope > [data-task="${other}"]`);
  const previous = beside(after);
  list.insertBefore(card, previous ? previous.nextElementSibling : beside(before) || null);
  focus(id);
  send(card, moves);
}

export function removeDeleted(id) {
  const card = find(id);
  card?.classList.remove("open", "lifted", "saving");
  if (card) remove(id, Number(card.dataset.version));
  toast(t("deleted"));
}
