// @ts-check
// How long a field may get: a hint appears near the limit and beyond, and all that is typed or pasted stays. The server
// refuses what is too long.

import { create, insertText } from "./dom.js";

const NEAR = 0.95;

/** @param {Pick<Page, "t" | "formatNumber">} page */
export function startLimits({ t, formatNumber }) {
  /** @param {Field} field */
  function updateHint(field) {
    const limit = Number(field.dataset.limit);
    // The server counts characters, too, not UTF-16 code units.
    const count = [...field.value].length;
    const hint = field.parentElement?.querySelector(".limit") ?? addHint(field);
    hint.hidden = count < limit * NEAR;
    hint.classList.toggle("over", count > limit);
    const values = { count: formatNumber(count), limit: formatNumber(limit), over: formatNumber(count - limit) };
    hint.textContent = hint.hidden ? "" : t(count > limit ? "overLimit" : "nearLimit", values);
  }

  document.addEventListener("input", ({ target }) => target.dataset.limit && updateHint(target));
  document.addEventListener("paste", joinLines);
  document.addEventListener("htmx:load", ({ detail }) => {
    for (const field of detail.elt.querySelectorAll?.("[data-limit]") ?? []) updateHint(/** @type {Field} */ (field));
  });
}

/** @param {Field} field */
function addHint(field) {
  const hint = create("p", { className: "limit" });
  hint.setAttribute("role", "status");
  field.after(hint);
  return hint;
}

/**
 * Paste several lines into a field of one line with spaces between them. Browsers would drop the line breaks and join words.
 * @param {ClipboardEvent & { target: HTMLElement }} event
 */
function joinLines(event) {
  const { target, clipboardData, defaultPrevented } = event;
  const text = clipboardData?.getData("text/plain").trim() ?? "";
  if (defaultPrevented || !target.matches?.("input[type=text]") || !/[\r\n]/.test(text)) return;
  event.preventDefault();
  insertText(text.replace(/\s*[\r\n]+\s*/g, " "));
}
