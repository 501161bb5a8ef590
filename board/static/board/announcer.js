// @ts-check
// Announcements for screen readers, in the page's one live region.

import { describePosition, nameOf } from "./card.js";
import { create } from "./dom.js";

const MAX_LINES = 5;
const GATHER_TIME = 1_000;

/** @param {HTMLElement} region */
export function createAnnouncer(region) {
  return {
    /**
     * Announce a text politely.
     * @param {string} textContent
     */
    announce(textContent) {
      region.append(create("p", { textContent }));
      if (region.children.length > MAX_LINES) region.children[0].remove();
    },
  };
}

/** @param {Pick<BoardPage, "cards" | "announce" | "t" | "formatList">} page */
export function createCardAnnouncer({ cards, announce, t, formatList }) {
  /** @type {News[]} */
  let queue = [];

  function announceQueue() {
    const [first, ...more] = queue;
    const card = first.moved && cards.find(first.task);
    if (more.length) announce(t("manyChanges", { count: queue.length, names: formatList(new Set(queue.map(({ name }) => name))) }));
    else if (card) announce(t("movedWhere", { news: first.text, ...describePosition(card) }));
    else announce(first.text);
    queue = [];
  }

  return {
    /**
     * Announce where a card of mine is: "Fix log-in: In Testing, 3 of 5".
     * @param {HTMLElement} card
     */
    announcePosition: (card) => announce(t("where", { task: nameOf(card), ...describePosition(card) })),

    /**
     * Announce the changes of others. Changes within a second become one sentence.
     * @param {News[]} news
     */
    announceChanges(news) {
      const others = news.filter(({ by }) => by !== Number(document.body.dataset.user));
      if (!others.length) return;
      if (!queue.length) setTimeout(announceQueue, GATHER_TIME);
      queue.push(...others);
    },
  };
}
