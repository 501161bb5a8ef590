// @ts-check
// Adding one task after the other: the form is empty as soon as it is sent, and what is typed before the response arrives stays.

/** @param {Pick<Page, "drafts">} page */
export function startQuickAdd({ drafts }) {
  /**
   * What the form was sent with.
   * @type {Map<string, string>}
   */
  let sent = new Map();
  /**
   * What was typed since, into a form that is being replaced.
   * @type {Map<string, string> | null}
   */
  let typed = null;
  // The form was submitted again before the response: it is sent when that arrives.
  let isResubmitted = false;

  /** @param {SubmitEvent & { target: HTMLFormElement }} event */
  function holdBack(event) {
    if (!isQuickAdd(event.target) || !event.target.matches(".htmx-request")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    isResubmitted = true;
  }

  /** @param {HTMLFormElement} form */
  function clear(form) {
    sent = valuesOf(form);
    for (const field of textFieldsOf(form)) field.value = "";
  }

  /** @param {HTMLFormElement} form */
  function carryOver(form) {
    for (const field of textFieldsOf(form)) {
      const value = typed?.get(field.name);
      if (!value) continue;
      field.value = value;
      drafts.remember(field);
    }
    typed = null;
    if (isResubmitted) form.requestSubmit();
    isResubmitted = false;
  }

  /**
   * Nothing was saved: put the texts back into the form, before those typed meanwhile.
   * @param {HTMLFormElement} form
   */
  function restoreTexts(form) {
    isResubmitted = false;
    for (const field of textFieldsOf(form)) field.value = [sent.get(field.name), field.value].filter(Boolean).join(" ");
  }

  /**
   * Several lines pasted into the name become a task each: the form for several shows them first.
   * @param {ClipboardEvent & { target: HTMLElement }} event
   */
  function onPaste(event) {
    const field = /** @type {Field} */ (event.target);
    const text = event.clipboardData?.getData("text") ?? "";
    const form = field.closest("form.adding");
    // With a description, one task is meant.
    if (field.name !== "name" || !form || field.form?.elements.namedItem("description")?.value || !/\S\s*[\n\r]\s*\S/.test(text)) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = field;
    const lines = value.slice(0, selectionStart ?? 0) + text + value.slice(selectionEnd ?? 0);
    htmx.ajax("POST", form.dataset.several ?? "", { source: form, target: form, swap: "outerHTML", values: { lines, preview: 1 } }).catch(() => {});
  }

  document.addEventListener("submit", holdBack, true);
  document.addEventListener("paste", onPaste);
  document.addEventListener("htmx:beforeSend", ({ detail: { elt } }) => isQuickAdd(elt) && clear(elt));
  document.addEventListener("htmx:beforeSwap", ({ detail: { elt, xhr } }) => isQuickAdd(elt) && (typed = xhr.status === 200 ? valuesOf(elt) : null));
  document.addEventListener("htmx:load", ({ detail: { elt } }) => typed && elt.matches?.("form.adding") && carryOver(/** @type {HTMLFormElement} */ (elt)));
  // Whatever the response was: a form that it did not replace is the one that was sent.
  document.addEventListener("htmx:afterRequest", ({ detail: { elt } }) => isQuickAdd(elt) && restoreTexts(elt));
}

/**
 * @param {HTMLElement} element
 * @returns {element is HTMLFormElement}
 */
const isQuickAdd = (element) => element.matches("form.adding[hx-target=this]");

/** @param {HTMLFormElement} form */
const textFieldsOf = (form) => [...form.elements].filter((field) => field.matches("input:not([type=hidden]), textarea"));
/** @param {HTMLFormElement} form */
const valuesOf = (form) => new Map(textFieldsOf(form).map(({ name, value }) => [name, value]));
