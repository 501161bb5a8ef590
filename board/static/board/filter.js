// Cards whose words do not match the filter are hidden; what the server does with ?q= where there is no script.

import { count } from "./cards.js";
import { normalize } from "./normalize.js";
import { word } from "./words.js";

const board = document.querySelector(".board");
const field = document.querySelector(".filter input");
// Cards that stand until the filter changes, whether they match or not: what one adds or saves does not vanish.
const kept = new Set();

/** Let the field at the head filter the cards, those that come later included. */
export function startFiltering() {
  field.addEventListener("input", change);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    change();
    field.blur();
  });
  field.form.addEventListener("submit", (event) => event.preventDefault());
  new MutationObserver(() => field.value && sift()).observe(board.querySelector(".columns"), { childList: true, subtree: true });
  sift();
}

/** Bring the writer to the field. */
export function search() {
  field.focus();
  field.select();
}

/** Let a card stand until the filter changes. */
export function keep(id) {
  if (!field?.value) return;
  kept.add(id);
  sift();
}

function change() {
  kept.clear();
  sift();
}

function sift() {
  const words = normalize(field.value).split(/\s+/).filter(Boolean);
  for (const card of board.querySelectorAll(".cards > .card:not(.open)")) {
    const isOut = words.length > 0 && !hasAll(card, words);
    card.hidden = isOut && !kept.has(card.dataset.task);
    if (isOut && !card.hidden) card.dataset.unmatched = word("unmatched");
    else delete card.dataset.unmatched;
  }
  board.toggleAttribute("data-filtered", words.length > 0);
  count();
  const address = new URL(location);
  if (words.length) address.searchParams.set("q", field.value);
  else address.searchParams.delete("q");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

function hasAll(card, words) {
  const text = wordsOn(card);
  return words.every((word) => text.includes(word));
}

/** All that stands on a card, with the name behind the initials; the link "Move" is no word of it. */
function wordsOn(card) {
  const parts = [...card.children].filter((part) => !part.matches(".move")).map((part) => `${part.textContent} ${part.title}`);
  return normalize(`#${card.dataset.task} ${parts.join(" ")}`);
}
