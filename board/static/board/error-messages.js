// @ts-check
// The message for a failed request: the server's own, if it sent one, else the meaning of the status.

// Status → key of its text, where that is not the status itself.
/** @type {Record<number, string | number>} */
const KEYS = { 404: "deleted", 412: 409 };

/**
 * Return in a sentence or two why a request failed.
 * @param {XMLHttpRequest | null} xhr null after a timeout
 * @param {Translate} t
 */
export function errorMessage(xhr, t) {
  if (!xhr) return t("late");
  const { status } = xhr;
  const message = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(".error-message")?.textContent.trim();
  return [message || t(KEYS[status] ?? status) || t("error", { status }), retryHint(xhr, t)].filter(Boolean).join(" ");
}

/**
 * @param {XMLHttpRequest} xhr
 * @param {Translate} t
 */
function retryHint(xhr, t) {
  const count = Number(xhr.status && xhr.getResponseHeader("Retry-After"));
  if (count) return t("againIn", { count });
  return [0, 429, 503].includes(xhr.status) && t("againSoon");
}
