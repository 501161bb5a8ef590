// @ts-check
// Adding one task after the other: the form is empty as soon as it is sent, and what is typed before the answer comes stays.

const SAVED = 200;
const texts = (form) => [...form.elements].filter((field) => field.matches("input:not([type=hidden]), textarea"));
const valuesOf = (form) => new Map(texts(form).map(({ name, value }) => [name, value]));
// What the form was sent with; what was typed since, into a form that is just being replaced.
let sent = null;
let typed = null;
// The form was sent once more before the answer came: it is when it comes.
let isDue = false;

/** `remember(field)` keeps what stands in a field as a draft. */
export function startQuickAdd(remember) {
  document.addEventListener("submit", hold, true);
  document.addEventListener("htmx:beforeSend", ({ detail }) => isAdding(detail.elt) && empty(detail.elt));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => isAdding(detail.elt) && (typed = detail.xhr.status === SAVED ? valuesOf(detail.elt) : null));
  document.addEventListener("htmx:load", ({ detail }) => typed && detail.elt.matches?.("form.adding") && carryOver(detail.elt, remember));
  // Whatever the answer was: a form that it did not replace is the one that was sent.
  document.addEventListener("htmx:afterRequest", ({ detail }) => isAdding(detail.elt) && giveBack(detail.elt));
}

const isAdding = (form) => form.matches("form.adding[hx-target=this]");

function hold(event) {
  if (!isAdding(event.target) || !event.target.matches(".htmx-request")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  isDue = true;
}

function empty(form) {
  sent = valuesOf(form);
  for (const field of texts(form)) field.value = "";
}

function carryOver(form, remember) {
  for (const field of texts(form)) {
    if (!typed.get(field.name)) continue;
    field.value = typed.get(field.name);
    remember(field);
  }
  typed = null;
  if (isDue) form.requestSubmit();
  isDue = false;
}

/** Nothing was saved: the words are in the form again, those typed meanwhile behind them. */
function giveBack(form) {
  isDue = false;
  for (const field of texts(form)) field.value = [sent.get(field.name), field.value].filter(Boolean).join(" ");
}
