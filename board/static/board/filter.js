// Hides the cards that do not match the filter; the server does the same with ?q= where there is no script
// (TaskQuerySet.matching).

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
  const text = searchedText(card);
  return words.every((word) => text.includes(word));
}

/** Return what the filter looks through: number, name, the beginning of the description, and the assignee's name. */
function searchedText(card) {
  const { task, excerpt = "" } = card.dataset;
  const [name, assignee] = [".name", ".assignee"].map((part) => card.querySelector(part));
  return `#${task} ${normalize(name.textContent)} ${excerpt} ${normalize(assignee.title)}`;
}
