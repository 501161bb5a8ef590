// @ts-check
// The board's page: cards open in place, are moved by every hand, and stay true.

import { count, find, focusBeside, parse, release, remove, showOpened, startCards, upsert } from "./cards.js";
import { startDragging } from "./drag.js";
import { errorMessage } from "./error-messages.js";
import { startFiltering } from "./filter.js";
import { startForms } from "./forms.js";
import { ignoreComposition } from "./keyboard.js";
import { startKeys } from "./keys.js";
import { startLimits } from "./limits.js";
import { dragLock, goLive } from "./live.js";
import { removeDeleted, startMoves } from "./moves.js";
import { openForm } from "./open-form.js";
import { addPersonSearch } from "./people.js";
import { reveal, revealForm } from "./reveal.js";
import { keepScroll, measureScrollBar } from "./scroll.js";
import { allowTextSelection } from "./selection.js";
import { toast } from "./toasts.js";

const board = document.querySelector(".board");

start(ignoreComposition);
start(() => startForms(board));
start(startLimits);
if (board) {
  startCards(board);
  startMoves(board);
  if (!("reads" in document.body.dataset)) {
    board.addEventListener("click", openInPlace);
    start(() => startDragging(board, dragLock));
    start(() => startKeys(board, dragLock));
  }
  start(allowTextSelection);
  start(() => startFiltering(board));
  start(() => measureScrollBar(board));
  start(() => keepScroll(board));
  // The cards are painted first; a page that nobody sees is not painted.
  if (document.hidden) startLater();
  else requestAnimationFrame(() => setTimeout(startLater));
}

function startLater() {
  start(() => goLive(board));
  start(followTabs);
  start(() => markMine(document.body.dataset.user));
}

/** Start a part of the page. One that fails is reported and stops no other. */
function start(part) {
  try {
    part();
  } catch (error) {
    reportError(error);
  }
}

// A link that acts is a button to who uses the keyboard, too.
document.addEventListener("keydown", (/** @type {ElementEvent<KeyboardEvent>} */ event) => {
  if (event.key === " " && event.target.matches("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
});

/** A click on a card brings its form into its place; with a modifier it stays a link. */
function openInPlace(event) {
  const link = event.target.closest(".card:not(.open) a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openForm(link.closest(".card"), link.matches(".move") ? "move" : "edit");
}

document.addEventListener("htmx:load", (event) => {
  const piece = event.detail.elt;
  if (piece.matches?.("template[data-cards]")) {
    applyCards(piece);
  } else if (piece.matches?.(".card:not(.open)") && board) {
    piece.querySelector(".name").focus({ preventScroll: true });
    release(piece);
    reveal(piece.dataset.task, piece.dataset.version !== opened.version);
  } else if (piece.matches?.("form.theme")) {
    document.documentElement.dataset.theme = piece.dataset.theme;
  } else if (piece !== document.body || !board) {
    if (piece.matches?.(".card.open") && board) showOpened(piece);
    piece.querySelectorAll?.("select[name=assigned]").forEach(addPersonSearch);
    const field = revealForm(piece);
    if (isOneField(piece)) begin(field);
  }
  if (board) count();
});

const isOneField = (piece) => piece.matches?.(".card.open") && piece.querySelectorAll("form .field").length === 1;

/** The form of one field of a card: a name is there to be typed over, and choosing a person is all there is to do. */
function begin(field) {
  if (field.name === "name") field.select();
  const list = field.form.elements.assigned;
  if (list) saveOnChoice(list);
}

/** Save when somebody was chosen; walking through the list by its keys chooses nobody yet. */
function saveOnChoice(list) {
  let isWalking = false;
  list.addEventListener("keydown", ({ key }) => {
    isWalking = key !== "Enter" && key !== " ";
    if (key === "Enter") list.form.requestSubmit();
  });
  list.addEventListener("pointerdown", () => (isWalking = false));
  list.addEventListener("change", () => isWalking || list.form.requestSubmit());
}

// The version of the card whose form was answered last: a card that comes with another one was saved.
const opened = { version: "" };
document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.target.matches(".card") && (opened.version = detail.target.dataset.version));

/** Put the cards of an answer in their places; one that is not on this board any more leaves. */
function applyCards(template) {
  const { gone, seq, focus } = template.dataset;
  for (const card of parse(template.innerHTML)) {
    const { task } = card.dataset;
    upsert(card);
    if (focus !== undefined) find(task)?.querySelector(".name")?.focus({ preventScroll: true });
    reveal(task);
  }
  if (gone) remove(gone, Number(seq));
  // It stands where the card stood that went with its form.
  if (template.matches(".cards > *") && document.activeElement === document.body) focusBeside(template);
  template.remove();
}

// A request that fails says so in a toast; no error page gets into a card. Moves say it themselves.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { xhr, elt, target } = detail;
  const isPage = /^\s*<!doctype/i.test(xhr.responseText);
  if (isPage) detail.shouldSwap = false;
  if (xhr.status < 400 || detail.shouldSwap || isMove(elt)) return;
  const card = board && target.closest(".card");
  if (xhr.status === 404 && card) removeDeleted(card.dataset.task);
  else toast(errorMessage(xhr));
});
document.addEventListener("htmx:sendError", ({ detail }) => isMove(detail.elt) || toast(errorMessage(detail.xhr)));
document.addEventListener("htmx:timeout", ({ detail }) => isMove(detail.elt) || toast(errorMessage(null)));

const isMove = (element) => element.matches(".card.saving");

/** Cards are the same for everybody; which are mine, one rule of this page says. */
function markMine(user) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`.card[data-who="${Number(user)}"] > .assignee { outline: 2px solid var(--accent); outline-offset: 1px; }`);
  document.adoptedStyleSheets.push(sheet);
}

/** On a phone one column shows at a time: mark its tab. */
function followTabs() {
  const tabs = new Map([...board.querySelectorAll(".tabs a")].map((/** @type {HTMLAnchorElement} */ tab) => [tab.hash.slice(1), tab]));
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const tab = tabs.get(target.id);
        if (isIntersecting) tab.setAttribute("aria-current", "true");
        else tab.removeAttribute("aria-current");
        if (isIntersecting) tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
      }
    },
    { root: board.querySelector(".columns"), threshold: 0.6 },
  );
  for (const column of board.querySelectorAll("[data-column]")) observer.observe(column);
}
