// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { createUndoStack } from "../../static/board/undo-stack.js";

const KEY = "undos:1:token";
/** @type {Map<string, string>} */
let stored;
beforeEach(() => {
  stored = new Map();
  const sessionStorage = {
    getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => stored.set(key, value),
    removeItem: (/** @type {string} */ key) => stored.delete(key),
  };
  Object.assign(globalThis, { window: { sessionStorage } });
});

const createStack = () => createUndoStack(KEY, (address) => address.startsWith("/undo/"));
const change = (/** @type {number} */ number) => ({ address: `/undo/${number}/`, text: `Change ${number}` });

test("the newest change is the one with the highest number, whenever it was added", () => {
  const stack = createStack();
  for (const number of [9, 10, 8]) stack.add(change(number));
  assert.deepEqual(stack.newest(), change(10));
  stack.remove("/undo/10/");
  assert.deepEqual(stack.newest(), change(9));
});

test("a change that is added again is there once", () => {
  const stack = createStack();
  stack.add(change(1));
  stack.add(change(1));
  assert.deepEqual(JSON.parse(stored.get(KEY) ?? ""), [change(1)]);
});

test("a reload keeps the newest fifty changes", () => {
  const stack = createStack();
  for (let number = 1; number <= 60; number++) stack.add(change(number));
  assert.deepEqual(createStack().newest(), change(60));
  assert.equal(JSON.parse(stored.get(KEY) ?? "").length, 50);
});

for (const value of ["oops", "{}", '[{"address": "/elsewhere/1/", "text": "a"}]', '[{"address": "/undo/1/"}]', "[null]"]) {
  test(`a value that no page wrote is dropped: ${value}`, () => {
    stored.set(KEY, value);
    assert.equal(createStack().newest(), undefined);
    assert.equal(stored.has(KEY), false);
  });
}
