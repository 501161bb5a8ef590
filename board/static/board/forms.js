// @ts-check
// Forms: the keys that send and close them, the field of a card that a click opens, and the forms that were open before a reload.

import { formsWithDraft, hasDraft } from "./drafts.js";
import { get } from "./dom.js";
import { load, store } from "./storage.js";

/**
 * @param {Pick<Page, "drafts">} page
 * @param {BoardPage | null} boardPage
 */
export function startForms({ drafts }, boardPage) {
  /**
   * Column → its button "Add task", while the form is in its place.
   * @type {WeakMap<Element, HTMLElement>}
   */
  const addButtons = new WeakMap();

  /** @param {KeyboardEvent & { target: HTMLElement }} event */
  function onKey(event) {
    const form = formAt(event.target, ".card.open form, form[data-draft]");
    if (!form || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector(".buttons button"));
    } else if (event.key === "Escape" && close(form)) {
      event.preventDefault();
    }
  }

  /**
   * Close a form that was opened on this page, and return whether it was. What was typed stays as a draft.
   * @param {HTMLFormElement} form
   */
  function close(form) {
    const card = form.closest(".card.open");
    const addButton = addButtons.get(/** @type {Element} */ (form.parentElement));
    if (boardPage?.closeEditing(form)) return true;
    if (card && boardPage) boardPage.openForm(card, "card");
    else if (form.matches("#add-sprint form")) form.remove();
    else if (form.matches(".adding") && addButton) {
      form.replaceWith(addButton);
      htmx.process(addButton);
      get(addButton, "button").focus();
    } else return false;
    return true;
  }

  /** @param {MouseEvent & { target: HTMLElement }} event */
  function onClick(event) {
    const { target } = event;
    const form = formAt(target, "form");
    const fact = target.closest("body:not([data-reads]) .card:not(.open, .held, .saving) > :is(.due, .assignee)");
    if (fact?.parentElement && boardPage) {
      boardPage.openForm(fact.parentElement, "field", fact.matches(".assignee") ? "assigned" : "due");
    } else if (form?.dataset.draft && target.matches("[data-discard]")) {
      drafts.forget(form);
      if (!form.closest(".card") && close(form)) event.preventDefault();
    }
  }

  /** Open the forms with a draft that were open before a reload, or before a log-in. */
  function reopen() {
    for (const [name, address, id] of load("sessionStorage", openFormsKey(), areForms) ?? []) {
      if (!hasDraft(name)) continue;
      const card = id && document.querySelector(`.board .card[data-task="${CSS.escape(id)}"]`);
      if (card) boardPage?.replaceCard(card, address);
      else /** @type {HTMLFormElement | null} */ (document.querySelector(`form[hx-get="${CSS.escape(address)}"]`))?.requestSubmit();
    }
  }

  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (target.matches("form.add")) addButtons.set(/** @type {Element} */ (target.parentElement), enabledCopy(/** @type {HTMLFormElement} */ (target)));
  });
  document.addEventListener("DOMContentLoaded", reopen);
  addEventListener("pagehide", rememberOpenForms);
}

/**
 * @param {HTMLElement} element
 * @param {string} selector
 */
const formAt = (element, selector) => /** @type {HTMLFormElement | null} */ (element.closest?.(selector));

/**
 * Return a copy of a form whose request is under way, ready for the next one.
 * @param {HTMLFormElement} form
 */
function enabledCopy(form) {
  const copy = form.cloneNode(true);
  copy.classList.remove("htmx-request");
  for (const control of copy.elements) control.disabled = false;
  return copy;
}

// Open forms: [name of the draft, address, id of the card or ""]

const openFormsKey = () => `open:${document.body.dataset.user}:${location.pathname}`;

function rememberOpenForms() {
  const forms = formsWithDraft(document.body).map((form) => [form.dataset.draft, form.getAttribute("action"), form.closest(".card")?.dataset.task ?? ""]);
  store("sessionStorage", openFormsKey(), forms);
}

/** @param {unknown} value */
const areForms = (value) =>
  Array.isArray(value) && value.every((form) => Array.isArray(form) && form.length === 3 && form.every((part) => typeof part === "string"));
