// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { createDragLock } from "../../static/board/drag-lock.js";

function lockWithMessages() {
  /** @type {object[]} */
  const messages = [];
  return { lock: createDragLock((message) => messages.push(message)), messages };
}

test("a card is locked at once, and released when its move is saved", async () => {
  const { lock, messages } = lockWithMessages();
  lock.hold("5");
  assert.deepEqual(messages, [{ hold: 5 }]);
  /** @type {PromiseWithResolvers<void>} */
  const saved = Promise.withResolvers();
  const released = lock.release("5", saved.promise);
  await Promise.resolve();
  assert.deepEqual(messages, [{ hold: 5 }]);
  saved.resolve();
  await released;
  assert.deepEqual(messages, [{ hold: 5 }, { release: 5 }]);
});

test("a card that is dragged again before its move is saved stays locked", async () => {
  const { lock, messages } = lockWithMessages();
  lock.hold("5");
  const released = lock.release("5", Promise.resolve());
  lock.hold("5");
  await released;
  assert.deepEqual(messages, [{ hold: 5 }, { hold: 5 }]);
  await lock.release("5");
  assert.deepEqual(messages.at(-1), { release: 5 });
});
