// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { laneAt, placeAt } from "../../static/board/lanes.js";

/**
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 */
const box = (left, top, width, height) => ({ left, top, width, height, right: left + width, bottom: top + height });
const VIEW = box(0, 0, 320, 500);
const LANES = [box(0, 0, 100, 500), box(110, 0, 100, 500), box(220, 0, 100, 500)];
const LIST = box(0, 100, 100, 300);
const CARDS = [box(0, 100, 100, 40), box(0, 150, 100, 40)];

test("a point between two lanes belongs to the nearer one", () => {
  assert.deepEqual([50, 103, 107, 215.5, 9_999].map((x) => laneAt(x, LANES, VIEW)), [0, 0, 1, 2, 2]);
});

test("a lane that is out of view takes nothing", () => {
  assert.equal(laneAt(300, LANES, box(0, 0, 215, 500)), 1);
  assert.equal(laneAt(50, LANES, box(900, 0, 100, 500)), -1);
  assert.equal(laneAt(50, [], VIEW), -1);
});

test("a card lands before the first card whose middle is below the point", () => {
  assert.deepEqual([100, 119, 121, 169, 171].map((y) => placeAt(y, CARDS, LIST)), [0, 0, 1, 1, -1]);
});

test("in a list that is scrolled, cards above its edge count as well", () => {
  const list = box(0, 100, 100, 90);
  const cards = [box(0, 80, 100, 40), box(0, 130, 100, 40), box(0, 180, 100, 40)];
  assert.deepEqual([0, 99, 100, 149, 151, 189, 190].map((y) => placeAt(y, cards, list)), [0, 0, 1, 1, 2, 2, -1]);
});

test("above a list a card lands first, below it last", () => {
  assert.deepEqual([0, 400, 9_999].map((y) => placeAt(y, CARDS, LIST)), [0, -1, -1]);
  assert.equal(placeAt(0, [], LIST), -1);
});
