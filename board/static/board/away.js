// @ts-check
// What others changed while this person was away: a strip that the server renders (templates/board/away.html), marks on the
// cards, and the key that dismisses both.

import { get } from "./dom.js";
import { elapsed, now } from "./live.js";

const AWAY = 3_600_000;
const OPEN = "dialog[open], .card.open, form.adding, :popover-open";

/** @param {Pick<Page, "announce">} page */
export function startAway({ announce }) {
  const place = get(document, "#away");
  // Rules instead of marks in the cards, which may be rendered again.
  const sheet = new CSSStyleSheet();
  let seenAt = now();

  function showMarks() {
    const strip = place.querySelector("section");
    const marks = Object.entries(JSON.parse(strip?.dataset.marks ?? "{}"));
    sheet.replaceSync(marks.map(([id, text]) => `.card[data-task="${id}"] { --since: ${JSON.stringify(` · ${text}`)}; box-shadow: inset 3px 0 var(--accent) }`).join(""));
    if (strip) announce(get(strip, "summary").textContent);
  }

  /** Ask again when the page is seen for the first time in an hour, as after a night in a hidden tab. */
  function look() {
    if (document.hidden) return;
    if (elapsed(seenAt) > AWAY) htmx.trigger(place, "away");
    seenAt = now();
  }

  /** @param {KeyboardEvent & { target: HTMLElement }} event */
  function onKey({ key, target, defaultPrevented }) {
    if (key === "Escape" && !defaultPrevented && !target.matches("input, textarea, select") && !document.querySelector(OPEN)) place.querySelector("button")?.click();
  }

  document.adoptedStyleSheets.push(sheet);
  place.addEventListener("htmx:afterSwap", showMarks);
  document.addEventListener("keydown", onKey);
  setInterval(look, 1_000);
  showMarks();
}
