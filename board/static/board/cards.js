// @ts-check
// The cards on the page. A card says by itself what it is (id, version, column, sort key), so putting it in
// its place may be done twice, late or out of order.

import { t } from "./i18n.js";

/** The board of the page (startCards). */
let board;
// Task id → the sequence number at which it left the board.
const removedAt = new Map();
// Task id → the newest card that cannot be shown yet, and who changed it.
/** @type {Map<string, { card: HTMLElement, by: string }>} */
const pending = new Map();

/** Look after the cards of this board. */
export function startCards(element) {
  board = element;
}

export const find = (id) => board.querySelector(`.cards > [data-task="${id}"]`);
export const listOf = (column) => board.querySelector(`[data-column="${column}"] .cards`);
export const columnOf = (card) => card.closest("[data-column]");
export const titleOf = (column) => column.querySelector("h2 > span").textContent;
export const shownIn = (list) => [...list.querySelectorAll(":scope > [data-task]:not([hidden])")];
const version = (card) => Number(card.dataset.version);
const isBusy = (card) => card.matches(".open, .opening, .lifted, .saving");

/** Return the cards of a piece of HTML. */
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.querySelectorAll(".card")];
}

/**
 * Show a card as it is now, in the place that it names itself; older never replaces newer.
 * `isTruth`: it comes from the log (socket or page), so at an equal version its sort key counts.
 * `by`: who changed it, shown on a card that is open or being dragged.
 */
export function upsert(card, isTruth = false, by = "") {
  const id = card.dataset.task;
  if (version(card) <= (removedAt.get(id) ?? 0)) return;
  const old = find(id);
  if (!old) {
    place(card, "arrived");
  } else if (isBusy(old)) {
    const newest = pending.get(id)?.card ?? old;
    if (!isOlder(card, newest, isTruth)) pending.set(id, { card, by });
    if (by && version(card) > version(old) && !old.matches(".saving")) noteChange(old, by);
  } else if (!isOlder(card, old, isTruth)) {
    replace(old, card);
  }
  count();
}

function isOlder(card, old, isTruth) {
  if (version(card) !== version(old)) return version(card) < version(old);
  return !isTruth || (card.dataset.order === old.dataset.order && card.dataset.in === old.dataset.in);
}

function replace(old, card) {
  const focused = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
  if (old.dataset.held) markHeld(card, old.dataset.held);
  const moved = old.dataset.in !== card.dataset.in || old.dataset.order !== card.dataset.order;
  old.replaceWith(card);
  place(card, moved ? "arrived" : "");
  if (focused) card.querySelector(`a[href="${focused}"]`)?.focus({ preventScroll: true });
}

/** Put a card where its column and sort key say, if it does not stand there already. */
export function place(card, mark = "") {
  const list = listOf(card.dataset.in);
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

/** Return the cards that somebody sees a card between: {before, after}, as ids or "". */
export function between(element) {
  return { after: neighbour(element, "previousElementSibling"), before: neighbour(element, "nextElementSibling") };
}

function neighbour(element, side) {
  let other = element[side];
  while (other && !other.matches("[data-task]:not([hidden], .lifted)")) other = other[side];
  return other?.dataset.task ?? "";
}

/** Remove a card that left the board at `seq`; an open one stays and says so. */
export function remove(id, seq, by = t("somebody")) {
  removedAt.set(String(id), Math.max(seq, removedAt.get(String(id)) ?? 0));
  pending.delete(String(id));
  const card = find(id);
  if (card?.matches(".open")) noteChange(card, by);
  else if (card && version(card) <= seq) {
    if (card.contains(document.activeElement)) focusBeside(card);
    card.remove();
  }
  count();
}

/** Give the focus of what goes to the card below it, else above it, else to the column. */
export function focusBeside(element) {
  const { before, after } = between(element);
  (find(before || after)?.querySelector(".name") ?? element.parentElement).focus({ preventScroll: true });
}

function noteChange(card, name) {
  card.dataset.changed = name;
  card.dataset.says = t("changed", { name });
}

/** Show a card's form, which has just come, in the card's place, and note a change that it does not know. */
export function showOpened(card) {
  const newer = pending.get(card.dataset.task);
  place(card);
  if (newer?.by && version(newer.card) > version(card)) noteChange(card, newer.by);
}

/** Release a card that was open, being dragged or being saved: show what came meanwhile, and animate it into its place. */
export function release(card) {
  const id = card.dataset.task;
  const newer = pending.get(id)?.card;
  const from = card.getBoundingClientRect();
  const hadFocus = card.contains(document.activeElement);
  pending.delete(id);
  if (removedAt.has(id) && version(card) <= removedAt.get(id)) card.remove();
  else if (newer && !isOlder(newer, card, true)) replace(card, newer);
  else place(card);
  const shown = find(id);
  if (hadFocus && shown) {
    focus(id);
    shown.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  animate(shown, from);
  count();
}

/** Animate a card from the box where it was to its place. */
export function animate(card, from) {
  const to = card?.getBoundingClientRect();
  if (!to || (Math.abs(to.x - from.x) < 2 && Math.abs(to.y - from.y) < 2)) return;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  // A column clips what leaves it, so a copy flies.
  const copy = card.cloneNode(true);
  delete copy.dataset.task;
  copy.className = "card flying";
  copy.inert = true;
  Object.assign(copy.style, { left: `${to.x}px`, top: `${to.y}px`, width: `${to.width}px` });
  document.body.append(copy);
  card.classList.add("landing");
  const start = { transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)` };
  copy.animate([start, {}], { duration: 180, easing: "ease-out" }).finished.finally(() => {
    copy.remove();
    card.classList.remove("landing");
  });
}

/** Return a slot of a card's height, which shows where the card would land. */
export function slotFor(card) {
  const slot = document.createElement("li");
  slot.className = "slot";
  slot.style.height = `${card.getBoundingClientRect().height}px`;
  return slot;
}

/** Give the focus to a card. */
export function focus(id) {
  find(id)?.querySelector(".name")?.focus({ preventScroll: true });
}

/** Show the board of a freshly loaded page: what it has, in its order, and nothing else. */
export function upsertAll(page) {
  const fresh = [...page.querySelectorAll(".cards > .card")];
  const ids = new Set(fresh.map((card) => card.dataset.task));
  const seq = Number(page.querySelector(".board").dataset.seq);
  for (const card of board.querySelectorAll(".cards > .card")) {
    if (!ids.has(card.dataset.task) && version(card) <= seq) remove(card.dataset.task, seq);
  }
  for (const card of fresh) upsert(document.adoptNode(card), true);
}

/**
 * Mark the cards that others have locked. A lock of mine, in whatever tab, keeps no card from me.
 * @param {{ held: Record<string, string>, holders: Record<string, number> }} room the name and the id of each holder, by task
 */
export function showLocks({ held, holders }) {
  const me = Number(document.body.dataset.user);
  for (const card of board.querySelectorAll(".card")) {
    const name = held[card.dataset.task];
    if (name && holders[card.dataset.task] !== me && !isBusy(card)) markHeld(card, name);
    else unmarkHeld(card);
  }
}

function markHeld(card, name) {
  card.classList.add("held");
  card.dataset.held = name;
  card.dataset.says = t("held", { name });
}

function unmarkHeld(card) {
  card.classList.remove("held");
  delete card.dataset.held;
}

/** Return where a card is, for announcements: {column: its title, place, total}. */
export function positionOf(card) {
  const all = [...card.parentElement.querySelectorAll(":scope > [data-task]")];
  return { column: titleOf(columnOf(card)), place: all.indexOf(card) + 1, total: all.length };
}

/** Bring all counts on the page up to date: "12", or "3 of 12" while a filter hides cards. */
export function count() {
  let all = 0;
  for (const section of board.querySelectorAll("[data-column]")) {
    const name = section.dataset.column;
    const cards = section.querySelectorAll(".cards > .card").length;
    const shown = section.querySelectorAll(".cards > .card:not([hidden])").length;
    if (name !== "backlog") all += cards;
    for (const place of board.querySelectorAll(`[data-count="${name}"]`)) {
      write(place, board.matches("[data-filtered]") ? t("someOf", { shown, total: cards }) : cards);
    }
    if (name === "done") write(board.querySelector("[data-done]"), cards);
  }
  write(board.querySelector("[data-all]"), all);
  board.querySelector("[data-total]").dataset.total = all;
}

function write(place, text) {
  if (place.textContent !== String(text)) place.textContent = text;
}
