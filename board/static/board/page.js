// @ts-check
// The parts of a page: startPage() constructs them, gives each what it needs, and starts them. An entry (board.js, backlog.js)
// says what is different on its page.

import { createAnnouncer, createCardAnnouncer } from "./announcer.js";
import { startAway } from "./away.js";
import { createBell } from "./bell.js";
import { createCardForms } from "./card-forms.js";
import { createCards } from "./cards.js";
import { startCsrf } from "./csrf.js";
import { get } from "./dom.js";
import { startDragging } from "./drag.js";
import { createDrafts } from "./drafts.js";
import { createFilter } from "./filter.js";
import { startForms } from "./forms.js";
import { createI18n } from "./i18n.js";
import { ignoreComposition } from "./keyboard.js";
import { startKeys } from "./keys.js";
import { startLimits } from "./limits.js";
import { createLive } from "./live.js";
import { startMentions } from "./mentions.js";
import { createMoves } from "./moves.js";
import { createPanel } from "./panel.js";
import { startQuickAdd } from "./quick-add.js";
import { startResponses } from "./responses.js";
import { createReveal } from "./reveal.js";
import { startRovingTabindex } from "./roving-tabindex.js";
import { keepScroll, measureScrollBar } from "./scroll.js";
import { allowTextSelection } from "./selection.js";
import { startTabs } from "./tabs.js";
import { createToasts } from "./toasts.js";

/**
 * @param {(page: BoardPage) => void} startOwn starts what only this kind of board has; not called for viewers
 * @param {(page: BoardPage) => BoardPage} complete adds parts to those of a board, or replaces some
 */
export function startPage(startOwn, complete = (page) => page) {
  const page = createPage();
  const board = document.querySelector(".board");
  const boardPage = board && complete(createBoardPage(page, board));
  start(page.startToasts);
  start(() => page.startBell(boardPage?.isPushed));
  start(ignoreComposition);
  start(() => startMentions(page));
  start(() => startForms(page, boardPage));
  start(startCsrf);
  start(page.drafts.startDrafts);
  start(() => startQuickAdd(page));
  start(() => startLimits(page));
  if (boardPage) startBoard(boardPage, startOwn);
  start(startRoleButtons);
  start(() => startResponses(page, boardPage));
}

/**
 * Start a part of the page. One that fails is reported and stops no other.
 * @param {() => unknown} part
 */
function start(part) {
  try {
    part();
  } catch (error) {
    reportError(error);
  }
}

function createPage() {
  const strings = JSON.parse(document.getElementById("i18n")?.textContent ?? "{}");
  const i18n = createI18n(strings, document.documentElement.lang);
  const parts = { ...i18n, ...createAnnouncer(get(document, "#said")) };
  const bell = createBell(/** @type {HTMLAnchorElement} */ (get(document, "a.bell")));
  return { ...parts, ...bell, ...createToasts(get(document, ".toasts"), parts), drafts: createDrafts(parts) };
}

/**
 * @param {Page} page
 * @param {HTMLElement} board
 */
function createBoardPage(page, board) {
  const cards = createCards({ ...page, board });
  const parts = { ...page, board, cards };
  const announcer = createCardAnnouncer(parts);
  const filter = createFilter(parts);
  return {
    ...parts,
    ...announcer,
    ...filter,
    ...createCardForms(parts),
    ...createMoves({ ...parts, ...announcer }),
    ...createPanel(parts),
    ...createReveal({ ...parts, ...filter }),
    ...createLive({ ...parts, ...announcer }),
  };
}

/**
 * @param {BoardPage} page
 * @param {(page: BoardPage) => void} startOwn
 */
function startBoard(page, startOwn) {
  if (!("reads" in document.body.dataset)) {
    start(() => startOwn(page));
    start(() => startDragging(page));
    start(() => startKeys(page));
    start(() => startRovingTabindex(page));
  }
  start(allowTextSelection);
  start(page.startPanel);
  start(page.startFiltering);
  start(() => measureScrollBar(page));
  start(() => keepScroll(page));
  // The cards are painted first; a page that nobody sees is not painted.
  if (document.hidden) startLater(page);
  else requestAnimationFrame(() => setTimeout(() => startLater(page)));
}

/** @param {BoardPage} page */
function startLater(page) {
  start(page.startLive);
  start(() => startAway(page));
  if (page.board.querySelector(".tabs")) start(() => startTabs(page));
  start(markMyCards);
}

/** A link that acts as a button is pressed by Space, too. */
function startRoleButtons() {
  document.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.matches("a[role=button]")) {
      event.preventDefault();
      event.target.click();
    }
  });
}

/** Mark my cards by a rule of style, since cards are the same for everybody. */
function markMyCards() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`.card[data-who="${Number(document.body.dataset.user)}"] > .assignee { outline: 2px solid var(--accent); outline-offset: 1px; }`);
  document.adoptedStyleSheets.push(sheet);
}
