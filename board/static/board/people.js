// Finding somebody in a long list of people by any part of a name; a short list needs no more than its own type-ahead.

import { say } from "./news.js";
import { normalize } from "./normalize.js";
import { word } from "./words.js";

const LONG = 10;
const SHOWN = 5;
// A finger gets the list of its system, which opens over the page.
const HAS_ROOM = matchMedia("(pointer: fine)");

/** Put a field above a list of people that leaves those whose names begin with what is typed. */
export function letFind(list) {
  const everybody = [...list.options];
  if (everybody.length <= LONG) return;
  const chosen = list.value;
  const field = Object.assign(document.createElement("input"), { type: "search", dir: "auto", placeholder: word("find"), autocomplete: "off" });
  field.setAttribute("aria-label", word("find"));
  field.setAttribute("aria-controls", list.id);
  field.addEventListener("input", () => show(list, field, everybody, chosen));
  field.addEventListener("keydown", (event) => onKey(event, list, field));
  list.before(field);
}

function show(list, field, everybody, chosen) {
  const words = normalize(field.value).split(/\s+/).filter(Boolean);
  const found = everybody.filter((one) => words.every((word) => ` ${normalize(one.text)}`.includes(` ${word}`)));
  field.setAttribute("aria-invalid", !found.length);
  list.replaceChildren(...(found.length ? found : everybody));
  list.size = words.length && HAS_ROOM.matches ? Math.min(Math.max(found.length, 2), SHOWN) : 0;
  list.value = words.length && found.length ? found[0].value : chosen;
  if (words.length) say(found.length ? word("found", { name: found[0].text, total: found.length }) : word("notFound"));
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

function onKey(event, list, field) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.key === "Enter" && field.matches("[aria-invalid=true]")) event.preventDefault();
  const next = step && list.options[list.selectedIndex + step];
  if (step) event.preventDefault();
  if (!next) return;
  next.selected = true;
  say(next.text);
  list.dispatchEvent(new Event("input", { bubbles: true }));
}
