// @ts-check
// Drafts: a form with `data-draft` keeps what is typed in this browser, for this person, until it is saved or
// discarded. A reload, a crash or an expired session loses nothing.
// A draft is {at, version: the one that the text was typed for, fields: {name: text}}.

import { t } from "./i18n.js";
import { templateContent } from "./template.js";
import { drop, keys, load, store } from "./storage.js";

const LIFETIME = 30 * 24 * 3_600_000;
const SAVED = 200;

// The value of a select whose options are being replaced: people are quicker than the response.
let chosen = "";

export function startDrafts() {
  document.addEventListener("input", (/** @type {FieldEvent} */ { target }) => target.form?.dataset.draft && remember(target));
  document.addEventListener("click", (/** @type {ElementEvent} */ { target }) => target.matches("[data-reset]") && reset(target.closest("form")));
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => isSaved(detail) && forget(detail.elt));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.target.matches("select") && (chosen = detail.target.value));
  document.addEventListener("htmx:afterSwap", (/** @type {FieldEvent} */ { target }) => target.matches("select") && fill(target, chosen));
  document.addEventListener("htmx:load", ({ detail }) => formsWithDraft(detail.elt).forEach(restore));
  dropExpired();
  markDrafts();
  const columns = document.querySelector(".columns");
  if (columns) new MutationObserver(markDrafts).observe(columns, { childList: true, subtree: true });
}

/** Return the forms in a piece of the page, or the piece itself, that keep drafts. */
export function formsWithDraft(piece) {
  return [piece, ...(piece.querySelectorAll?.("*") ?? [])].filter((element) => element.matches?.("form[data-draft]"));
}

/** Tell whether there is a draft with this name. */
export const hasDraft = (name) => load("localStorage", keyOf(name), isDraft) !== null;

const keyOf = (name) => `draft:${document.body.dataset.user}:${name}`;
const isSaved = ({ xhr, elt, requestConfig }) => requestConfig.verb === "post" && xhr.status === SAVED && elt.dataset.draft;

const isText = (value) => typeof value === "string";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isDraft = (value) => isObject(value) && Number.isFinite(value.at) && isObject(value.fields) && Object.values(value.fields).every(isText);

function read(name) {
  return load("localStorage", keyOf(name), isDraft) ?? { fields: {} };
}

function write(name, draft) {
  if (Object.keys(draft.fields).length) store("localStorage", keyOf(name), draft);
  else drop("localStorage", keyOf(name));
  markDrafts();
}

/** Keep the value of a field in the draft of its form. */
export function remember({ form, name, type, value }) {
  if (!name || type === "radio") return;
  const draft = read(form.dataset.draft);
  draft.fields[name] = value;
  write(form.dataset.draft, { ...draft, at: Date.now(), version: form.elements.version?.value });
}

/** Drop the fields of a form, which was saved or discarded, from its draft; those of a larger form stay. */
export function forget(form) {
  const draft = read(form.dataset.draft);
  for (const { name } of form.elements) delete draft.fields[name];
  write(form.dataset.draft, draft);
}

/** Fill a form from its draft, unless it is the response to it and holds what was typed already. */
function restore(form) {
  if (form.querySelector(".error, .warning")) return;
  const { fields, version } = read(form.dataset.draft);
  const changed = Object.entries(fields).filter(([name, text]) => fill(form.elements.namedItem(name), text));
  if (!changed.length) return;
  if (version) {
    form.dataset.version = form.elements.version.value;
    form.elements.version.value = version;
  }
  form.prepend(templateContent("draft").cloneNode(true));
}

function fill(field, text) {
  if (!field || field.value === text) return false;
  if (field.options && ![...field.options].some(({ value }) => value === text)) return false;
  field.value = text;
  return true;
}

function reset(form) {
  forget(form);
  form.reset();
  if (form.dataset.version) form.elements.version.value = form.dataset.version;
  form.querySelector(".draft").remove();
  form.querySelector("input:not([type=hidden]), textarea, select").focus();
}

/** Mark each card with a draft, and each button that opens a form with one. */
function markDrafts() {
  const stored = new Set(keys("localStorage"));
  const has = (name) => stored.has(keyOf(name));
  for (const card of document.querySelectorAll(".board .card")) mark(card, "draft", has(`task-${card.dataset.task}`));
  for (const form of document.querySelectorAll("form[data-drafts]")) mark(form, "drafted", has(form.dataset.drafts));
}

function mark(element, name, isOn) {
  if (isOn && !(name in element.dataset)) element.dataset[name] = t("draft");
  else if (!isOn) delete element.dataset[name];
}

function dropExpired() {
  for (const key of keys("localStorage").filter((name) => name.startsWith("draft:"))) {
    const draft = load("localStorage", key, isDraft);
    if (draft && Date.now() - draft.at > LIFETIME) drop("localStorage", key);
  }
}
