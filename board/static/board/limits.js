// @ts-check
// How long a field may get: it says so near its limit and beyond, and keeps all that is typed or pasted. The server
// refuses what is too long.

import { t } from "./i18n.js";

const NEAR = 0.95;

export function startLimits() {
  document.addEventListener("input", (/** @type {FieldEvent} */ { target }) => target.dataset.limit && tell(target));
  document.addEventListener("paste", joinLines);
  document.addEventListener("htmx:load", ({ detail }) => detail.elt.querySelectorAll?.("[data-limit]").forEach(tell));
}

function tell(field) {
  const limit = Number(field.dataset.limit);
  // As the server counts: characters, not halves of them.
  const count = [...field.value].length;
  const hint = field.parentElement.querySelector(".limit") ?? add(field);
  hint.hidden = count < limit * NEAR;
  hint.classList.toggle("over", count > limit);
  const values = { count: written(count), limit: written(limit), over: written(count - limit) };
  hint.textContent = hint.hidden ? "" : t(count > limit ? "overLimit" : "nearLimit", values);
}

const written = (number) => number.toLocaleString(document.documentElement.lang);

function add(field) {
  const hint = document.createElement("p");
  hint.className = "limit";
  hint.setAttribute("role", "status");
  field.after(hint);
  return hint;
}

/** A field of one line drops line breaks, and with them the space between two words: each becomes a space. */
function joinLines(event) {
  const { target, clipboardData } = event;
  const text = clipboardData?.getData("text/plain") ?? "";
  if (!target.matches?.("input[type=text]") || !/[\r\n]/.test(text.trim())) return;
  event.preventDefault();
  // The one way to insert that the browser's own undo knows.
  document.execCommand("insertText", false, text.trim().replace(/\s*[\r\n]+\s*/g, " "));
}
