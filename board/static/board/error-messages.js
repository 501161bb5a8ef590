// @ts-check
// What a person reads when a request failed: the server's own words when it sent some, else what the status means.

import { t } from "./i18n.js";

// What the words are filed under, where it is not the status itself.
const KEYS = { 404: "deleted", 412: 409 };

/** Return in a sentence or two why a request failed; `xhr` is null when the time was up. */
export function errorMessage(xhr) {
  if (!xhr) return t("late");
  const { status } = xhr;
  const words = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(".problem")?.textContent.trim();
  return [words || t(KEYS[status] ?? status) || t("error", { status }), when(xhr)].filter(Boolean).join(" ");
}

function when(xhr) {
  const count = Number(xhr.status && xhr.getResponseHeader("Retry-After"));
  if (count) return t("againIn", { count });
  return [0, 429, 503].includes(xhr.status) && t("againSoon");
}
