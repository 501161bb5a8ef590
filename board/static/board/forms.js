// @ts-check
// Forms: the keys that send and close them, the field of a card that a click opens, and which forms were open before a reload.

import { startCsrf } from "./csrf.js";
import { forget, formsWithDraft, hasDraft, remember, startDrafts } from "./drafts.js";
import { openForm, replaceCard } from "./open-form.js";
import { startQuickAdd } from "./quick-add.js";
import { load, store } from "./storage.js";

// The button "Add task", while its form stands in its place.
let opener = null;

/** Start what forms need; `board` is the board of the page, if there is one. */
export function startForms(board) {
  document.addEventListener("click", (event) => onClick(event, board));
  document.addEventListener("keydown", (event) => onKey(event, board));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.target.matches("form.add") && (opener = idle(detail.target.cloneNode(true))));
  startCsrf();
  startDrafts();
  startQuickAdd(remember);
  document.addEventListener("DOMContentLoaded", () => reopen(board));
  addEventListener("pagehide", rememberOpen);
}

function onKey(event, board) {
  const form = event.target.closest?.(".card.open form, form[data-draft]");
  if (!form || event.defaultPrevented) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".buttons button"));
  } else if (event.key === "Escape" && close(form, board)) {
    event.preventDefault();
  }
}

/** Return a copy of a form that was made while its request was under way, ready for the next one. */
function idle(form) {
  form.classList.remove("htmx-request");
  for (const control of form.elements) control.disabled = false;
  return form;
}

/** Put a form away that was opened on this page, and tell whether it was; what was typed stays as a draft. */
function close(form, board) {
  const card = form.closest(".card.open");
  if (card && board) openForm(card, "card");
  else if (form.matches("#add-sprint form")) form.remove();
  else if (form.matches(".adding") && opener) {
    form.replaceWith(opener);
    htmx.process(opener);
    opener.querySelector("button").focus();
  } else return false;
  return true;
}

function onClick(event, board) {
  const { target } = event;
  const form = target.closest("form");
  const fact = target.closest("body:not([data-reads]) .card:not(.open, .held, .saving) > :is(.due, .assignee)");
  if (fact && board) openForm(fact.parentElement, "field", fact.matches(".assignee") ? "assigned" : "due");
  else if (target.matches("[data-discard]") && form.dataset.draft) {
    forget(form);
    if (!form.closest(".card") && close(form, board)) event.preventDefault();
  }
}

// Open forms: [name of the draft, address, id of the card or ""]

const nameOfOpen = () => `open:${document.body.dataset.user}:${location.pathname}`;

function rememberOpen() {
  const opened = formsWithDraft(document.body).map((form) => [form.dataset.draft, form.getAttribute("action"), form.closest(".card")?.dataset.task ?? ""]);
  store("sessionStorage", nameOfOpen(), opened);
}

const isText = (value) => typeof value === "string";
const areForms = (value) => Array.isArray(value) && value.every((form) => Array.isArray(form) && form.length === 3 && form.every(isText));

/** After a reload, or a log-in in between, the forms with a draft are open as before. */
function reopen(board) {
  for (const [name, address, id] of load("sessionStorage", nameOfOpen(), areForms) ?? []) {
    if (!hasDraft(name)) continue;
    const card = id && board?.querySelector(`.card[data-task="${CSS.escape(id)}"]`);
    if (card) replaceCard(card, address);
    else /** @type {HTMLFormElement} */ (document.querySelector(`form[hx-get="${CSS.escape(address)}"]`))?.requestSubmit();
  }
}
