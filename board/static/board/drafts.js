// @ts-check
// Drafts: a form with `data-draft` keeps what is typed in this browser, for this user, until it is saved or
// discarded. A reload, a crash or an expired session loses nothing. A draft has the version that its text was typed for.

import { get, templateContent } from "./dom.js";
import { drop, keys, load, store } from "./storage.js";

const LIFETIME = 30 * 24 * 3_600_000;
/** @param {Pick<Page, "t">} page */
export function createDrafts({ t }) {
  // The value of a select whose options are being replaced: users are quicker than the response.
  let chosen = "";

  function startDrafts() {
    document.addEventListener("input", ({ target }) => target.form?.dataset.draft && remember(target));
    document.addEventListener("click", ({ target }) => target.matches("[data-reset]") && reset(/** @type {HTMLFormElement} */ (target.closest("form"))));
    document.addEventListener("htmx:beforeOnLoad", ({ detail }) => isSaved(detail) && forget(/** @type {HTMLFormElement} */ (detail.elt)));
    document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => isSelect(target) && (chosen = target.value));
    document.addEventListener("htmx:afterSwap", ({ target }) => isSelect(target) && setValue(target, chosen));
    document.addEventListener("htmx:load", ({ detail }) => formsWithDraft(detail.elt).forEach(restoreDraft));
    dropExpired();
    markDrafts();
    const columns = document.querySelector(".columns");
    if (columns) new MutationObserver(markDrafts).observe(columns, { childList: true, subtree: true });
  }

  /**
   * @param {string} name
   * @param {Draft} draft
   */
  function write(name, draft) {
    if (Object.keys(draft.fields).length) store("localStorage", keyOf(name), draft);
    else drop("localStorage", keyOf(name));
    markDrafts();
  }

  /**
   * Keep the value of a field in the draft of its form.
   * @param {Field} field
   */
  function remember({ form, name, type, value }) {
    if (!form || !name || type === "radio") return;
    const { draft = "" } = form.dataset;
    const fields = { ...read(draft).fields, [name]: value };
    write(draft, { fields, at: Date.now(), version: form.elements.version?.value });
  }

  /**
   * Drop the fields of a form, which was saved or discarded, from its draft; those of a larger form stay.
   * @param {HTMLFormElement} form
   */
  function forget(form) {
    const { draft: name = "" } = form.dataset;
    const draft = read(name);
    for (const field of form.elements) delete draft.fields[field.name];
    write(name, draft);
  }

  /** @param {HTMLFormElement} form */
  function reset(form) {
    forget(form);
    form.reset();
    if (form.dataset.version && form.elements.version) form.elements.version.value = form.dataset.version;
    get(form, ".draft").remove();
    get(form, "input:not([type=hidden]), textarea, select").focus();
  }

  /** Mark each card with a draft, and each button that opens a form with one. */
  function markDrafts() {
    const stored = new Set(keys("localStorage"));
    /**
     * @param {HTMLElement} element
     * @param {string} attribute
     * @param {string | undefined} name
     */
    const mark = (element, attribute, name) => {
      const hasDraft = stored.has(keyOf(name));
      if (hasDraft && !(attribute in element.dataset)) element.dataset[attribute] = t("draft");
      else if (!hasDraft) delete element.dataset[attribute];
    };
    for (const card of document.querySelectorAll(".board .card")) mark(card, "draft", `task-${card.dataset.task}`);
    for (const form of document.querySelectorAll("form[data-drafts]")) mark(form, "drafted", form.dataset.drafts);
  }

  return { startDrafts, remember, forget };
}

/**
 * Return the forms in a piece of the page, or the piece itself, that keep drafts.
 * @param {HTMLElement} piece
 * @returns {HTMLFormElement[]}
 */
export function formsWithDraft(piece) {
  const forms = /** @type {Iterable<any>} */ (piece.querySelectorAll?.("form[data-draft]") ?? []);
  return piece.matches?.("form[data-draft]") ? [piece, ...forms] : [...forms];
}

/**
 * Return whether there is a draft with this name.
 * @param {string} name
 */
export const hasDraft = (name) => load("localStorage", keyOf(name), isDraft) !== null;

/**
 * @param {HTMLElement} element
 * @returns {element is HTMLSelectElement}
 */
const isSelect = (element) => element.matches("select");

/** @param {string | undefined} name */
const keyOf = (name) => `draft:${document.body.dataset.user}:${name}`;
/** @param {HtmxDetail} detail */
const isSaved = ({ xhr, elt, requestConfig }) => requestConfig.verb === "post" && xhr.status === 200 && elt.dataset.draft;

/** @param {unknown} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @param {any} value */
const isDraft = (value) =>
  isObject(value) && Number.isFinite(value.at) && isObject(value.fields) && Object.values(value.fields).every((text) => typeof text === "string");

/**
 * @param {string} name
 * @returns {Draft}
 */
function read(name) {
  return load("localStorage", keyOf(name), isDraft) ?? { fields: {} };
}

/**
 * Fill a form from its draft, unless it is the response to it and has what was typed already.
 * @param {HTMLFormElement} form
 */
function restoreDraft(form) {
  if (form.querySelector(".error, .warning")) return;
  const { fields, version } = read(form.dataset.draft ?? "");
  const changed = Object.entries(fields).filter(([name, text]) => setValue(form.elements.namedItem(name), text));
  if (!changed.length) return;
  const field = form.elements.version;
  if (version && field) {
    form.dataset.version = field.value;
    field.value = version;
  }
  form.prepend(templateContent("draft").cloneNode(true));
}

/**
 * Set the value of a field. Returns whether that changed it.
 * @param {Field | HTMLSelectElement | null} field
 * @param {string} text
 */
function setValue(field, text) {
  if (!field || field.value === text) return false;
  if (field.options && ![...field.options].some(({ value }) => value === text)) return false;
  field.value = text;
  return true;
}

function dropExpired() {
  for (const key of keys("localStorage").filter((name) => name.startsWith("draft:"))) {
    const draft = load("localStorage", key, isDraft);
    if (draft && Date.now() - draft.at > LIFETIME) drop("localStorage", key);
  }
}
