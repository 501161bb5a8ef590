// @ts-check
// Brings a board up to date: with a frame of the live protocol, or with the whole page.

import { parseCards } from "./card.js";
import { get } from "./dom.js";

/** @param {Pick<BoardPage, "board" | "cards" | "announceChanges">} page */
export function createBoardUpdates({ board, cards, announceChanges }) {
  /**
   * Show what is in a frame. Returns whether that succeeded.
   * @param {Frame} frame
   */
  async function applyFrame({ reset, format, seq, head, news = [], cards: html = "", left = [] }) {
    if (reset || format !== board.dataset.format) return loadPage();
    const names = new Map(news.map(({ task, name }) => [String(task), name]));
    for (const card of parseCards(html)) cards.upsert(card, true, names.get(card.dataset.task));
    for (const id of left) cards.remove(id, seq, names.get(String(id)));
    if (head) showHead(head);
    announceChanges(news);
    if (seq > Number(board.dataset.seq)) board.dataset.seq = String(seq);
    return true;
  }

  /** @param {string} html */
  function showHead(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const head = get(board, ".board-head");
    // Nobody can change the board of a closed sprint, and whoever reopens it can again.
    if (head.matches("[data-closed]") !== !!template.content.querySelector("[data-closed]")) location.reload();
    // An open description stays open.
    if (head.querySelector("details[open]")) template.content.querySelector("details")?.setAttribute("open", "");
    head.replaceWith(template.content);
  }

  /** Load the board again and show it; after a release with other components, the whole page. Returns whether that succeeded. */
  async function loadPage() {
    try {
      const response = await fetch(location.pathname, { cache: "no-store" });
      if (response.redirected) location.assign(response.url);
      else if (response.status === 404) location.reload();
      else if (response.ok) return showPage(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      // No network: the socket is opened again later, and this with it.
    }
    return false;
  }

  /** @param {Document} page */
  function showPage(page) {
    const fresh = get(page, ".board");
    if (releaseOf(fresh) !== releaseOf(board) && !board.querySelector(".card.open")) {
      location.reload();
      return false;
    }
    cards.upsertAll(page);
    showHead(get(fresh, ".board-head").outerHTML);
    Object.assign(board.dataset, { seq: fresh.dataset.seq, format: fresh.dataset.format });
    return true;
  }

  return { applyFrame, loadPage };
}

/** @param {HTMLElement} board */
const releaseOf = (board) => board.dataset.format.split(".")[0];
