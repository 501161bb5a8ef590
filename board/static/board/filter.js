// @ts-check
// Hides the cards that do not match the filter; the server does the same with ?q= where there is no script
// (matching.js).

import { count } from "./cards.js";
import { t } from "./i18n.js";
import { matches, wordsOf } from "./matching.js";

// The board and the filter's field (startFiltering).
let board;
/** @type {HTMLInputElement} */
let field;
// Cards that stay visible until the filter changes, whether they match or not: what one adds or saves does not vanish.
const visible = new Set();

/** Let the field at the head filter the cards of a board, those that come later included. */
export function startFiltering(element) {
  board = element;
  field = /** @type {HTMLInputElement} */ (document.querySelector(".filter input"));
  field.addEventListener("input", change);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    change();
    field.blur();
  });
  field.form.addEventListener("submit", (event) => event.preventDefault());
  new MutationObserver(() => field.value && applyFilter()).observe(board.querySelector(".columns"), { childList: true, subtree: true });
  applyFilter();
}

/** Give the focus to the field. */
export function focusFilter() {
  field.focus();
  field.select();
}

/** Keep a card visible until the filter changes. */
export function keepVisible(id) {
  if (!field?.value) return;
  visible.add(id);
  applyFilter();
}

function change() {
  visible.clear();
  applyFilter();
}

function applyFilter() {
  const words = wordsOf(field.value);
  for (const card of board.querySelectorAll(".cards > .card:not(.open)")) {
    const isOut = words.length > 0 && !matches(searchedParts(card), words);
    card.hidden = isOut && !visible.has(card.dataset.task);
    if (isOut && !card.hidden) card.dataset.unmatched = t("unmatched");
    else delete card.dataset.unmatched;
  }
  board.toggleAttribute("data-filtered", words.length > 0);
  count();
  const address = new URL(location.href);
  if (words.length) address.searchParams.set("q", field.value);
  else address.searchParams.delete("q");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** @param {HTMLElement} card */
function searchedParts(card) {
  const { task, excerpt = "" } = card.dataset;
  const [name, assignee] = [".name", ".assignee"].map((part) => card.querySelector(part));
  return { task, name: name.textContent, excerpt, assignee: assignee.title };
}
