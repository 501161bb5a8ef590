// @ts-check
// What a screen reader hears: the page's one live region.

import { find, positionOf } from "./cards.js";
import { formatList, t } from "./i18n.js";

const MOST_LINES = 5;
const GATHER_TIME = 1_000;
let queue = [];

/** Announce a text politely. */
export function announce(text) {
  const region = document.getElementById("said");
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  if (region.children.length > MOST_LINES) region.firstChild.remove();
}

/** Say where a card of mine stands: "Fix log-in: In Testing, 3 of 5". */
export function announcePosition(card) {
  announce(t("where", { task: nameOf(card), ...positionOf(card) }));
}

export const nameOf = (card) => card.querySelector(".name").textContent;

/** Say what others did; what comes within a second becomes one sentence. */
export function announceChanges(news) {
  const others = news.filter(({ by }) => by !== Number(document.body.dataset.user));
  if (!others.length) return;
  if (!queue.length) setTimeout(announceQueue, GATHER_TIME);
  queue.push(...others);
}

function announceQueue() {
  const [first, ...more] = queue;
  const card = first.moved && find(first.task);
  if (more.length) announce(t("manyChanges", { count: queue.length, names: formatList(new Set(queue.map(({ name }) => name))) }));
  else if (card) announce(t("movedWhere", { news: first.text, ...positionOf(card) }));
  else announce(first.text);
  queue = [];
}
