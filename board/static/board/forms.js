// What forms need: keys, a token that is never too old, and that nothing typed is lost. A form with `data-draft` keeps
// what is typed in this browser, for this person, until it is saved or discarded: a reload, a crash and the end of the
// session cost nothing.

import { startQuickAdd } from "./quick-add.js";
import { drop, keys, load, store } from "./storage.js";
import { word } from "./words.js";

const USER = document.body.dataset.user;
const LONGEST = 30 * 24 * 3_600_000;
const OPEN = `open:${USER}:${location.pathname}`;
const SAVED = 200;

// The button "Add task", while its form stands in its place.
let opener = null;

// What stood in a field whose choices are being exchanged: people are quicker than the answer.
let chosen = "";

export function startForms() {
  document.addEventListener("input", ({ target }) => target.form?.dataset.draft && remember(target));
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", freshenToken, true);
  document.addEventListener("htmx:configRequest", ({ detail }) => (detail.headers["x-csrftoken"] = token() ?? detail.headers["x-csrftoken"]));
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => isSaved(detail) && forget(detail.elt));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.target.matches("form.add") && (opener = idle(detail.target.cloneNode(true))));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.target.matches("select") && (chosen = detail.target.value));
  document.addEventListener("htmx:afterSwap", ({ target }) => target.matches("select") && fill(target, chosen));
  document.addEventListener("htmx:load", ({ detail }) => drafted(detail.elt).forEach(restore));
  startQuickAdd(remember);
  document.addEventListener("DOMContentLoaded", reopen);
  addEventListener("pagehide", rememberOpen);
  dropOld();
  markDrafts();
  const columns = document.querySelector(".columns");
  if (columns) new MutationObserver(markDrafts).observe(columns, { childList: true, subtree: true });
}

/** Show where a draft waits: on the card, or beside the button that opens its form. */
function markDrafts() {
  const kept = new Set(keys("localStorage"));
  const has = (name) => kept.has(place(name));
  for (const card of document.querySelectorAll(".board .card")) mark(card, "draft", has(`task-${card.dataset.task}`));
  for (const form of document.querySelectorAll("form[data-drafts]")) mark(form, "drafted", has(form.dataset.drafts));
}

function mark(element, name, isOn) {
  if (isOn && !(name in element.dataset)) element.dataset[name] = word("draft");
  else if (!isOn) delete element.dataset[name];
}

/** The cookie that goes with the session of now: somebody may have logged in again in another tab. */
export function token() {
  const start = `${document.body.dataset.csrfCookie}=`;
  return document.cookie.split("; ").find((cookie) => cookie.startsWith(start))?.slice(start.length);
}

function freshenToken({ target }) {
  const field = target.elements.csrfmiddlewaretoken;
  if (field) field.value = token() ?? field.value;
}

// Keys and clicks

function onKey(event) {
  const form = event.target.closest?.(".card.open form, form[data-draft]");
  if (!form || event.defaultPrevented) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".buttons button"));
  } else if (event.key === "Escape" && close(form)) {
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
function close(form) {
  const card = form.closest(".card.open");
  if (card && document.querySelector(".board")) open(card, "");
  else if (form.matches("#add-sprint form")) form.remove();
  else if (form.matches(".adding") && opener) {
    form.replaceWith(opener);
    htmx.process(opener);
    opener.querySelector("button").focus();
  } else return false;
  return true;
}

function open(card, form) {
  htmx.ajax("GET", `/tasks/${card.dataset.task}/${form}`, { source: card, target: card, swap: "outerHTML" }).catch(() => {});
}

function onClick(event) {
  const { target } = event;
  const form = target.closest("form");
  const fact = target.closest("body:not([data-reads]) .card:not(.open, .held, .saving) > :is(.due, .assignee)");
  if (fact && document.querySelector(".board")) open(fact.parentElement, fact.matches(".assignee") ? "edit/assigned/" : "edit/due/");
  else if (target.matches("[data-reset]")) reset(form);
  else if (target.matches("[data-discard]") && form.dataset.draft) {
    forget(form);
    if (!form.closest(".card") && close(form)) event.preventDefault();
  }
}

// Drafts: {at, version: the one that the text was typed for, fields: {name: text}}

const drafted = (piece) => [piece, ...(piece.querySelectorAll?.("*") ?? [])].filter((element) => element.matches?.("form[data-draft]"));
const place = (name) => `draft:${USER}:${name}`;
const isSaved = ({ xhr, elt, requestConfig }) => requestConfig.verb === "post" && xhr.status === SAVED && elt.dataset.draft;

const isText = (value) => typeof value === "string";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isDraft = (value) => isObject(value) && Number.isFinite(value.at) && isObject(value.fields) && Object.values(value.fields).every(isText);

function read(name) {
  return load("localStorage", place(name), isDraft) ?? { fields: {} };
}

function write(name, draft) {
  if (Object.keys(draft.fields).length) store("localStorage", place(name), draft);
  else drop("localStorage", place(name));
  markDrafts();
}

function remember({ form, name, type, value }) {
  if (!name || type === "radio") return;
  const draft = read(form.dataset.draft);
  draft.fields[name] = value;
  write(form.dataset.draft, { ...draft, at: Date.now(), version: form.elements.version?.value });
}

/** A form is saved or discarded: its fields are no draft any more, those of a larger form may still be. */
function forget(form) {
  const draft = read(form.dataset.draft);
  for (const { name } of form.elements) delete draft.fields[name];
  write(form.dataset.draft, draft);
}

/** Bring a draft back, unless the form is the answer to it: that holds what was typed already. */
function restore(form) {
  if (form.querySelector(".error, .warning")) return;
  const { fields, version } = read(form.dataset.draft);
  const changed = Object.entries(fields).filter(([name, text]) => fill(form.elements.namedItem(name), text));
  if (!changed.length) return;
  if (version) {
    form.dataset.version = form.elements.version.value;
    form.elements.version.value = version;
  }
  form.prepend(document.getElementById("draft").content.cloneNode(true));
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

// Open forms

function rememberOpen() {
  const opened = drafted(document.body).map((form) => [form.dataset.draft, form.getAttribute("action")]);
  store("sessionStorage", OPEN, opened);
}

const areForms = (value) => Array.isArray(value) && value.every((form) => Array.isArray(form) && form.length === 2 && form.every(isText));

/** After a reload, or a log-in in between, the forms with a draft stand open as before. */
function reopen() {
  for (const [name, address] of load("sessionStorage", OPEN, areForms) ?? []) {
    if (!load("localStorage", place(name), isDraft)) continue;
    const [, id, form] = address.match(/^\/tasks\/(\d+)\/(.*)/) ?? [];
    const card = id && document.querySelector(`.board .card[data-task="${id}"]`);
    if (card) open(card, form);
    else document.querySelector(`form[hx-get="${CSS.escape(address)}"]`)?.requestSubmit();
  }
}

function dropOld() {
  for (const key of keys("localStorage").filter((name) => name.startsWith("draft:"))) {
    const draft = load("localStorage", key, isDraft);
    if (draft && Date.now() - draft.at > LONGEST) drop("localStorage", key);
  }
}
