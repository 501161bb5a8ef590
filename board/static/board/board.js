// The board's page: cards open in place, are dragged, and stay true.

import { count, free, leave, parse, settle } from "./cards.js";
import { startDragging } from "./drag.js";
import { goLive, hands } from "./live.js";
import { toast } from "./toasts.js";

const board = document.querySelector(".board");

if (board) {
  board.addEventListener("click", openInPlace);
  startDragging(hands);
  goLive();
  followTabs();
  markMine(document.body.dataset.user);
}

// A link that acts is a button to who uses the keyboard, too.
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
});

/** A click on a card brings its form into its place; with a modifier it stays a link. */
function openInPlace(event) {
  const link = event.target.closest(".card:not(.open) a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const card = link.closest(".card");
  if (card.matches(".held")) return;
  const address = link.matches("i a") ? link.getAttribute("href") : `${link.getAttribute("href")}edit/`;
  htmx.ajax("GET", address, { target: card, source: card, swap: "outerHTML" });
}

document.addEventListener("htmx:load", (event) => {
  const piece = event.detail.elt;
  if (piece.matches?.("template[data-cards]")) {
    for (const card of parse(piece.innerHTML)) settle(card);
    piece.remove();
  } else if (piece.matches?.(".card:not(.open)") && board) {
    free(piece);
    piece.querySelector("a").focus({ preventScroll: true });
  } else {
    piece.querySelector?.("[aria-invalid=true], input:not([type=hidden]), select, .danger")?.focus({ preventScroll: true });
  }
  if (board) count();
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const card = detail.target.closest(".card");
  if (detail.xhr.status === 404 && card) dropDeleted(card);
  else if (detail.isError) toast(reason(detail.xhr));
});

function reason(xhr) {
  const problem = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(".problem");
  return problem?.textContent ?? `That did not work (error ${xhr.status}). Nothing was saved.`;
}

function dropDeleted(card) {
  card.classList.remove("open");
  leave(card.dataset.task, Number(card.dataset.version));
  toast("It was deleted meanwhile.");
}

document.addEventListener("htmx:sendError", () => toast("No connection: nothing was saved. Try again in a moment."));

/** Cards are the same for everybody; which are mine, one rule of this page says. */
function markMine(user) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`.card[data-who="${Number(user)}"] > b { outline: 2px solid var(--accent); outline-offset: 1px; }`);
  document.adoptedStyleSheets.push(sheet);
}

/** On a phone one column shows at a time: mark its tab. */
function followTabs() {
  const tabs = new Map([...board.querySelectorAll(".tabs a")].map((tab) => [tab.hash.slice(1), tab]));
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) tabs.get(target.id).setAttribute("aria-current", "true");
        else tabs.get(target.id).removeAttribute("aria-current");
      }
    },
    { root: board.querySelector(".columns"), threshold: 0.6 },
  );
  for (const column of board.querySelectorAll("[data-column]")) observer.observe(column);
}
