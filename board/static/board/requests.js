// @ts-check
// Requests of cards, each with an idempotency key, so that none is made twice.

// crypto.randomUUID exists on secure pages only.
export const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

/** @param {XMLHttpRequest} xhr */
export const isOk = ({ status }) => status >= 200 && status < 300;

/**
 * Return whether the same request may succeed later: the network or the server failed, but nothing was refused.
 * @param {{ status: number }} response
 */
export const canRetry = ({ status }) => !status || status === 408 || status === 429 || status >= 500;

/**
 * Post for a card, and return the response.
 * @param {HTMLElement} card
 * @param {string} address
 * @param {object} values
 * @param {string} key
 */
export async function postFor(card, address, values, key) {
  /** @type {Promise<XMLHttpRequest>} */
  const response = new Promise((resolve) => {
    const onResponse = (/** @type {CustomEvent<HtmxDetail>} */ { detail }) => {
      if (detail.requestConfig.headers["Idempotency-Key"] !== key) return;
      card.removeEventListener("htmx:afterRequest", onResponse);
      resolve(detail.xhr);
    };
    card.addEventListener("htmx:afterRequest", onResponse);
  });
  let isLate = false;
  card.addEventListener("htmx:timeout", () => (isLate = true), { once: true });
  htmx.ajax("POST", address, { source: card, target: card, swap: "none", values, headers: { "Idempotency-Key": key } }).catch(() => {});
  const xhr = await response;
  // The page is about to be left for the log-in page.
  if (xhr.status && xhr.getResponseHeader("HX-Redirect")) await new Promise(() => {});
  return { xhr, isLate };
}
