// @ts-check
// What just happened is in view: a card that was added, saved, moved or brought back, and a form that opened or refused.

import { find } from "./cards.js";
import { keepVisible } from "./filter.js";

const FRESH = 2_000;

/** Show a card of mine wherever it stands, under a filter, too; with `isNew` it stands out for a moment. */
export function reveal(id, isNew = true) {
  if (isNew) keepVisible(id);
  const card = find(id);
  if (!card) return;
  scrollTo(card);
  // The message that comes with it may take room.
  requestAnimationFrame(() => scrollTo(find(id) ?? card));
  if (!isNew) return;
  card.classList.add("fresh");
  setTimeout(() => card.classList.remove("fresh"), FRESH);
}

/**
 * Show a form that came: its first error or what clashes, which has the focus, else the whole of it and its first field. Returns that field,
 * or null.
 */
export function revealForm(piece) {
  const wrong = piece.querySelector?.("[aria-invalid=true], .clash input");
  const field = wrong ?? piece.querySelector?.("input:not([type=hidden]), textarea, select, .danger");
  if (!field) return null;
  scrollTo(piece);
  field.focus({ preventScroll: true });
  if (wrong) scrollTo(wrong.closest(".clash") ?? wrong.closest(".field") ?? wrong);
  else if (!piece.querySelector(".warning")) scrollTo(field);
  return field;
}

function scrollTo(element) {
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
}
