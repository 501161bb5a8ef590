// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { letterOf } from "../../static/board/keyboard.js";

/**
 * @param {string} key
 * @param {string} code
 */
const press = (key, code, shiftKey = false) => letterOf({ key, code, shiftKey });

test("Caps Lock changes no letter, Shift does", () => {
  assert.deepEqual([press("N", "KeyN"), press("n", "KeyN"), press("N", "KeyN", true)], ["n", "n", "N"]);
});

test("a Latin layout counts, not the place of the key", () => {
  assert.deepEqual([press("z", "KeyY"), press("ä", "Quote"), press("e", "KeyD"), press(".", "KeyE"), press("ğ", "KeyE")], ["z", "ä", "e", ".", "ğ"]);
});

test("without Latin letters the place of the key counts", () => {
  assert.deepEqual([press("т", "KeyN"), press("я", "KeyZ"), press("У", "KeyE"), press("ε", "KeyE")], ["n", "z", "e", "e"]);
});

test("keys that are no letters keep their names", () => {
  assert.deepEqual([press("ArrowUp", "ArrowUp"), press("/", "Slash"), press("Dead", "KeyE")], ["ArrowUp", "/", "Dead"]);
});
