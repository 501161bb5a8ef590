// What a screen reader hears: the page's one live region.

import { find, whereabouts } from "./cards.js";
import { inWords, word } from "./words.js";

const PLACE = document.getElementById("said");
const SOME = 5;
const GATHER = 1_000;
let heard = [];

/** Say something politely. */
export function say(text) {
  const line = document.createElement("p");
  line.textContent = text;
  PLACE.append(line);
  if (PLACE.children.length > SOME) PLACE.firstChild.remove();
}

/** Say where a card of mine stands: "Fix log-in: In Testing, 3 of 5". */
export function sayWhere(card) {
  say(word("where", { task: nameOf(card), ...whereabouts(card) }));
}

export const nameOf = (card) => card.querySelector(".name").textContent;

/** Say what others did; what comes within a second becomes one sentence. */
export function report(news) {
  const others = news.filter(({ by }) => by !== Number(document.body.dataset.user));
  if (!others.length) return;
  if (!heard.length) setTimeout(tell, GATHER);
  heard.push(...others);
}

function tell() {
  const [first, ...more] = heard;
  const card = first.moved && find(first.task);
  if (more.length) say(word("manyChanges", { count: heard.length, names: inWords(new Set(heard.map(({ name }) => name))) }));
  else if (card) say(word("movedWhere", { news: first.text, ...whereabouts(card) }));
  else say(first.text);
  heard = [];
}
