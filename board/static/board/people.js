// @ts-check
// Finding somebody in a long list of people by any part of a name; a short list needs no more than its own type-ahead.

import { announce } from "./announcer.js";
import { t } from "./i18n.js";
import { normalize } from "./normalize.js";

const LONG = 10;
const SHOWN = 5;
// A finger gets the list of its system, which opens over the page.
const HAS_ROOM = matchMedia("(pointer: fine)");

/** Put a field above a list of people that leaves those whose names begin with what is typed. */
export function addPersonSearch(list) {
  const everybody = [...list.options];
  if (everybody.length <= LONG) return;
  const chosen = list.value;
  const field = Object.assign(document.createElement("input"), { type: "search", dir: "auto", placeholder: t("find"), autocomplete: "off" });
  field.setAttribute("aria-label", t("find"));
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
  if (words.length) announce(found.length ? t("found", { name: found[0].text, total: found.length }) : t("notFound"));
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

function onKey(event, list, field) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.key === "Enter" && field.matches("[aria-invalid=true]")) event.preventDefault();
  const next = step && list.options[list.selectedIndex + step];
  if (step) event.preventDefault();
  if (!next) return;
  next.selected = true;
  announce(next.text);
  list.dispatchEvent(new Event("input", { bubbles: true }));
}
