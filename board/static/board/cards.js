// @ts-check
// The cards of a board. A card itself says where it belongs, so the same update may come twice, late or out of order.

import { animate, boxOf, positionOf, scrollIntoView, versionOf } from "./card.js";
import { get } from "./dom.js";

/** @param {HTMLElement} card */
const isBusy = (card) => card.matches(".open, .opening, .lifted, .along, .saving");

/** @param {Pick<BoardPage, "board" | "t">} page */
export function createCards({ board, t }) {
  /**
   * Task id → the sequence number at which it left the board.
   * @type {Map<string, number>}
   */
  const removedAt = new Map();
  /**
   * Task id → the newest card that cannot be shown yet, and who changed it.
   * @type {Map<string, { card: HTMLElement, by: string }>}
   */
  const pending = new Map();

  /** @param {string | number} id */
  const find = (id) => board.querySelector(`.cards > [data-task="${id}"]`);

  /** @param {string} column */
  const listIn = (column) => get(board, `[data-column="${column}"] .cards`);

  /**
   * Show a card as it is now, in the place that its data name. An older version never replaces a newer one.
   * @param {HTMLElement} card
   * @param {boolean} isTruth whether it comes from the log (socket or page): then its sort key counts at an equal version
   * @param {string} by the name of who changed it, shown on a card that is open or being dragged
   */
  function upsert(card, isTruth = false, by = "") {
    const id = card.dataset.task;
    if (versionOf(card) <= (removedAt.get(id) ?? 0)) return;
    const old = find(id);
    if (!old) {
      place(card, "arrived");
    } else if (isBusy(old)) {
      const newest = pending.get(id)?.card ?? old;
      if (!isOlder(card, newest, isTruth)) pending.set(id, { card, by });
      if (by && versionOf(card) > versionOf(old) && !old.matches(".saving")) noteChange(old, by);
    } else if (!isOlder(card, old, isTruth)) {
      replace(old, card);
    }
    updateCounts();
  }

  /**
   * @param {HTMLElement} old
   * @param {HTMLElement} card
   */
  function replace(old, card) {
    const focused = old.contains(document.activeElement) && document.activeElement;
    if (old.dataset.held) showLock(card, old.dataset.held);
    const moved = old.dataset.in !== card.dataset.in || old.dataset.order !== card.dataset.order;
    old.replaceWith(card);
    place(card, moved ? "arrived" : "");
    if (focused) card.querySelector(focused.matches("a") ? `a[href="${focused.getAttribute("href")}"]` : "input")?.focus({ preventScroll: true });
  }

  /**
   * Put a card where its column and sort key say, unless it is there already.
   * @param {HTMLElement} card
   */
  function place(card, className = "") {
    const list = listIn(card.dataset.in);
    const next = [...list.children].find((other) => other !== card && other.dataset.task && isBefore(card, other)) ?? null;
    let follower = card.nextElementSibling;
    while (follower && !follower.dataset.task) follower = follower.nextElementSibling;
    if (card.parentElement === list && next === follower) return;
    if (className) card.classList.add(className);
    list.insertBefore(card, next);
  }

  /**
   * Remove a card that left the board at a sequence number. An open card stays, with a note.
   * @param {string | number} id
   * @param {number} seq
   */
  function remove(id, seq, by = t("someone")) {
    const key = String(id);
    removedAt.set(key, Math.max(seq, removedAt.get(key) ?? 0));
    pending.delete(key);
    const card = find(id);
    if (card?.matches(".open")) noteChange(card, by);
    else if (card && versionOf(card) <= seq) {
      if (card.contains(document.activeElement)) focusBeside(card);
      card.remove();
    }
    updateCounts();
  }

  /**
   * Remove the cards that a response names.
   * @param {DOMStringMap} data of the element that names them
   */
  function removeAll({ gone, seq }) {
    for (const id of gone?.split(" ") ?? []) remove(id, Number(seq));
  }

  /**
   * Focus the card below an element that is removed, else the one above, else the column.
   * @param {Element} element
   */
  function focusBeside(element) {
    const { before, after } = positionOf(element);
    const target = find(before || after)?.querySelector(".name") ?? element.parentElement;
    target?.focus({ preventScroll: true });
  }

  /**
   * @param {HTMLElement} card
   * @param {string} name
   */
  function noteChange(card, name) {
    card.dataset.changed = name;
    card.dataset.says = t("changed", { name });
  }

  /**
   * Put a card's form, which has just arrived, into the card's place, and note a change that the form does not have.
   * @param {HTMLElement} card
   */
  function showOpened(card) {
    const newer = pending.get(card.dataset.task);
    place(card);
    if (newer?.by && versionOf(newer.card) > versionOf(card)) noteChange(card, newer.by);
  }

  /**
   * Release a card that was open, being dragged or being saved: show what arrived in the meantime, and animate the card into its place.
   * @param {HTMLElement} card
   */
  function release(card) {
    const id = card.dataset.task;
    const newer = pending.get(id)?.card;
    const from = boxOf(card);
    const hadFocus = card.contains(document.activeElement);
    pending.delete(id);
    if (versionOf(card) <= (removedAt.get(id) ?? -1)) card.remove();
    else if (newer && !isOlder(newer, card, true)) replace(card, newer);
    else place(card);
    const shown = find(id);
    if (hadFocus && shown) {
      focusCard(id);
      scrollIntoView(shown);
    }
    animate(shown, from);
    updateCounts();
  }

  /** @param {string} id */
  function focusCard(id) {
    find(id)?.querySelector(".name")?.focus({ preventScroll: true });
  }

  /**
   * Show the cards of a page that was loaded again, and no others.
   * @param {Document} page
   */
  function upsertAll(page) {
    const fresh = [...page.querySelectorAll(".cards > .card")];
    const ids = new Set(fresh.map((card) => card.dataset.task));
    const seq = Number(get(page, ".board").dataset.seq);
    for (const card of board.querySelectorAll(".cards > .card")) {
      if (!ids.has(card.dataset.task) && versionOf(card) <= seq) remove(card.dataset.task, seq);
    }
    for (const card of fresh) upsert(document.adoptNode(card), true);
  }

  /**
   * Show which cards others have locked. My own locks, in any tab, do not count.
   * @param {Room} room
   */
  function showLocks({ held, holders }) {
    const me = Number(document.body.dataset.user);
    for (const card of board.querySelectorAll(".card")) {
      const { task } = card.dataset;
      if (held[task] && holders[task] !== me && !isBusy(card)) showLock(card, held[task]);
      else hideLock(card);
    }
  }

  /**
   * @param {HTMLElement} card
   * @param {string} name
   */
  function showLock(card, name) {
    card.classList.add("held");
    card.dataset.held = name;
    card.dataset.says = t("held", { name });
  }

  /** Update all counts and sums on the page: "12", or "3 of 12" while a filter hides cards, and "34 pts". */
  function updateCounts() {
    const all = { count: 0, points: 0 };
    for (const section of board.querySelectorAll("[data-column]")) {
      const { column } = section.dataset;
      const cards = [...section.querySelectorAll(".cards > .card")];
      const total = cards.length;
      const shown = cards.filter((card) => !card.hidden).length;
      const points = cards.reduce((sum, card) => sum + Number(card.dataset.points ?? 0), 0);
      if (column !== "backlog") {
        all.count += total;
        all.points += points;
      }
      show(`[data-count="${column}"]`, board.matches("[data-filtered]") ? t("someOf", { shown, total }) : total);
      show(`[data-sum="${column}"]`, points ? t("points", { points }) : "");
      if (column === "done") {
        show("[data-done]", total);
        show("[data-done-points]", points);
      }
    }
    show("[data-all]", all.count);
    show("[data-all-points]", all.points);
    for (const sum of board.querySelectorAll("[data-total]")) sum.dataset.total = String(all.count);
  }

  /**
   * @param {string} selector
   * @param {string | number} text
   */
  function show(selector, text) {
    for (const element of board.querySelectorAll(selector)) setText(element, text);
  }

  return { find, listIn, upsert, upsertAll, remove, removeAll, release, showOpened, showLocks, focusCard, focusBeside, updateCounts };
}

/**
 * @param {HTMLElement} card
 * @param {HTMLElement} old
 * @param {boolean} isTruth
 */
function isOlder(card, old, isTruth) {
  if (versionOf(card) !== versionOf(old)) return versionOf(card) < versionOf(old);
  return !isTruth || (card.dataset.order === old.dataset.order && card.dataset.in === old.dataset.in);
}

/**
 * @param {HTMLElement} card
 * @param {HTMLElement} other
 */
function isBefore(card, other) {
  const difference = Number(card.dataset.order) - Number(other.dataset.order);
  return difference ? difference < 0 : Number(card.dataset.task) < Number(other.dataset.task);
}

/** @param {HTMLElement} card */
function hideLock(card) {
  card.classList.remove("held");
  delete card.dataset.held;
}

/**
 * @param {HTMLElement} element
 * @param {string | number} text
 */
function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = String(text);
}
