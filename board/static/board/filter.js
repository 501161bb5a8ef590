// Cards whose words do not match the filter are hidden; what the server does with ?q= where there is no script.

import { count } from "./cards.js";
import { normalize } from "./normalize.js";

const board = document.querySelector(".board");
const field = document.querySelector(".filter input");

/** Let the field at the head filter the cards, those that come later included. */
export function startFiltering() {
  field.addEventListener("input", sift);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    sift();
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

function sift() {
  const words = normalize(field.value).split(/\s+/).filter(Boolean);
  for (const card of board.querySelectorAll(".cards > .card:not(.open)")) {
    card.hidden = words.length > 0 && !hasAll(card, words);
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
  const parts = [...card.children].filter((part) => !part.matches("i")).map((part) => `${part.textContent} ${part.title}`);
  return normalize(`#${card.dataset.task} ${parts.join(" ")}`);
}
