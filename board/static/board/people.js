// @ts-check
// Finding someone in a long list of people by any part of the name. In a short list the browser's type-ahead is enough.

import { create } from "./dom.js";
import { wordsOf } from "./matching.js";
import { normalize } from "./normalize.js";

const MAX_WITHOUT_SEARCH = 10;
const MAX_SHOWN = 5;

/**
 * Return whether each word is the beginning of a part of a name. The words must be normalized.
 * @param {string} name
 * @param {string[]} words
 */
export const isNamed = (name, words) => words.every((word) => ` ${normalize(name)}`.includes(` ${word}`));

/**
 * Put a field above a list of people, which shows those whose names have parts that begin with the words in the field.
 * @param {HTMLSelectElement} list
 * @param {Pick<Page, "announce" | "t">} page
 */
export function addPersonSearch(list, { announce, t }) {
  const everybody = [...list.options];
  if (everybody.length <= MAX_WITHOUT_SEARCH) return;
  const chosen = list.value;
  const field = create("input", { type: "search", dir: "auto", placeholder: t("find"), autocomplete: "off" });
  field.setAttribute("aria-label", t("find"));
  field.setAttribute("aria-controls", list.id);
  field.addEventListener("input", search);
  field.addEventListener("keydown", onKey);
  list.before(field);

  function search() {
    const words = wordsOf(field.value);
    const found = everybody.filter(({ text }) => isNamed(text, words));
    const [first] = found;
    field.setAttribute("aria-invalid", String(!first));
    list.replaceChildren(...(first ? found : everybody));
    // A finger gets the list of its system, which opens over the page.
    const hasRoom = words.length && matchMedia("(pointer: fine)").matches;
    list.size = hasRoom ? Math.min(Math.max(found.length, 2), MAX_SHOWN) : 0;
    list.value = words.length && first ? first.value : chosen;
    if (words.length) announce(first ? t("found", { name: first.text, total: found.length }) : t("notFound"));
    notifyInput();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Enter" && field.matches("[aria-invalid=true]")) event.preventDefault();
    const step = Number(event.key === "ArrowDown") - Number(event.key === "ArrowUp");
    if (!step) return;
    event.preventDefault();
    const next = list.options[list.selectedIndex + step];
    if (!next) return;
    next.selected = true;
    announce(next.text);
    notifyInput();
  }

  function notifyInput() {
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
