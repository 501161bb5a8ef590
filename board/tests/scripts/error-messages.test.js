// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { errorMessage } from "../../static/board/error-messages.js";

/** @type {Translate} */
const t = (key, values = {}) => (key === 418 ? "" : [key, ...Object.values(values)].join(":"));

/**
 * A response whose page has this message, parsed as far as the function looks into it.
 * @param {number} status
 */
function answer(status, message = "", retryAfter = "") {
  Object.assign(globalThis, {
    DOMParser: class {
      parseFromString = () => ({ querySelector: () => (message ? { textContent: ` ${message}\n` } : null) });
    },
  });
  return /** @type {any} */ ({ status, responseText: "", getResponseHeader: () => retryAfter || null });
}

test("each status has its text", () => {
  const texts = [400, 401, 403, 404, 409, 412, 422, 500].map((status) => errorMessage(answer(status), t));
  assert.deepEqual(texts, ["400", "401", "403", "deleted", "409", "409", "422", "500"]);
});

test("a status without a text is named", () => {
  assert.equal(errorMessage(answer(418), t), "error:418");
});

test("after a failure of the network or a busy server one is told to try again, and when", () => {
  assert.deepEqual([0, 429, 503].map((status) => errorMessage(answer(status), t)), ["0 againSoon", "429 againSoon", "503 againSoon"]);
  assert.equal(errorMessage(answer(429, "", "7"), t), "429 againIn:7");
});

test("the server's own message comes first, and a response that did not come is late", () => {
  assert.equal(errorMessage(answer(422, "Not that way."), t), "Not that way.");
  assert.equal(errorMessage(null, t), "late");
});
