// The cards on the page. A card says by itself what it is (id, version, column, sort key), so putting it in
// its place may be done twice, late or out of order.

const board = document.querySelector(".board");
const gone = new Map();
const waiting = new Map();

export const find = (id) => board.querySelector(`.cards > [data-task="${id}"]`);
const column = (name) => board.querySelector(`[data-column="${name}"] .cards`);
const version = (card) => Number(card.dataset.version);
const isBusy = (card) => card.matches(".open, .lifted");

/** Return the cards of a piece of HTML. */
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.querySelectorAll(".card")];
}

/**
 * Show a card as it is now, in the place that it names itself; older never replaces newer.
 * `isTruth`: it comes from the log (socket or page), so at an equal version its sort key counts.
 * `by`: who changed it, for a card that somebody has open or in hand.
 */
export function settle(card, isTruth = false, by = "") {
  const id = card.dataset.task;
  if (version(card) <= (gone.get(id) ?? 0)) return;
  const old = find(id);
  if (!old) {
    stand(card, "arrived");
  } else if (isOlder(card, old, isTruth)) {
    old.classList.remove("saving");
  } else if (isBusy(old)) {
    waiting.set(id, card);
    if (by && version(card) > version(old)) old.dataset.changed = by;
  } else {
    replace(old, card);
  }
  count();
}

function isOlder(card, old, isTruth) {
  if (version(card) !== version(old)) return version(card) < version(old);
  const same = card.dataset.order === old.dataset.order && card.dataset.in === old.dataset.in;
  return !isTruth || (same && !old.matches(".saving"));
}

function replace(old, card) {
  const focused = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
  if (old.dataset.held) hold(card, old.dataset.held);
  const moved = old.dataset.in !== card.dataset.in || old.dataset.order !== card.dataset.order;
  const isOwn = old.matches(".saving");
  if (isOwn || !moved) old.replaceWith(card);
  else old.remove();
  stand(card, moved && !isOwn ? "arrived" : "");
  if (focused) card.querySelector(`a[href="${focused}"]`)?.focus({ preventScroll: true });
}

/** Put a card where its column and sort key say, if it does not stand there already. */
export function stand(card, mark = "") {
  const list = column(card.dataset.in);
  const next = [...list.children].find((other) => other !== card && other.dataset.task && isBefore(card, other));
  let follower = card.nextElementSibling;
  while (follower && !follower.dataset.task) follower = follower.nextElementSibling;
  if (card.parentElement === list && (next ?? null) === follower) return;
  if (mark) card.classList.add(mark);
  list.insertBefore(card, next ?? null);
}

function isBefore(card, other) {
  const difference = Number(card.dataset.order) - Number(other.dataset.order);
  return difference ? difference < 0 : Number(card.dataset.task) < Number(other.dataset.task);
}

/** Take a card away that left the board as of `seq`; an open one stays and says so. */
export function leave(id, seq, by = "somebody") {
  gone.set(String(id), seq);
  waiting.delete(String(id));
  const card = find(id);
  if (card?.matches(".open")) card.dataset.changed = by;
  else if (card && version(card) <= seq) card.remove();
  count();
}

/** A card that was open or in hand is free again: show what came meanwhile. */
export function free(card) {
  const id = card.dataset.task;
  const newer = waiting.get(id);
  waiting.delete(id);
  if (gone.has(id) && version(card) <= gone.get(id)) card.remove();
  else if (newer && !isOlder(newer, card, true)) replace(card, newer);
  else stand(card);
  count();
}

/** Show the board of a freshly loaded page: what it has, in its order, and nothing else. */
export function settleAll(page) {
  const fresh = [...page.querySelectorAll(".cards > .card")];
  const ids = new Set(fresh.map((card) => card.dataset.task));
  const seq = Number(page.querySelector(".board").dataset.seq);
  for (const card of board.querySelectorAll(".cards > .card")) {
    if (!ids.has(card.dataset.task) && version(card) <= seq) leave(card.dataset.task, seq);
  }
  for (const card of fresh) settle(document.adoptNode(card), true);
}

/** Mark the cards that others hold: {task id: name}. */
export function showHeld(held) {
  for (const card of board.querySelectorAll(".card")) {
    const name = held[card.dataset.task];
    if (name && !isBusy(card) && !card.matches(".saving")) hold(card, name);
    else release(card);
  }
}

function hold(card, name) {
  card.classList.add("held");
  card.dataset.held = name;
}

function release(card) {
  card.classList.remove("held");
  delete card.dataset.held;
}

/** Bring all counts on the page up to date. */
export function count() {
  let all = 0;
  for (const section of board.querySelectorAll("[data-column]")) {
    const name = section.dataset.column;
    const number = section.querySelectorAll(".cards > .card").length;
    if (name !== "backlog") all += number;
    for (const place of board.querySelectorAll(`[data-count="${name}"]`)) write(place, number);
    if (name === "done") write(board.querySelector("[data-done]"), number);
  }
  write(board.querySelector("[data-all]"), all);
}

function write(place, number) {
  if (place.textContent !== String(number)) place.textContent = number;
}
