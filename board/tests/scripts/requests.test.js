// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { canRetry } from "../../static/board/requests.js";

test("what failed on the way or on the server can be retried, what was refused cannot", () => {
  const retried = [0, 400, 401, 403, 404, 408, 409, 412, 422, 429, 500, 503].filter((status) => canRetry({ status }));
  assert.deepEqual(retried, [0, 408, 429, 500, 503]);
});
