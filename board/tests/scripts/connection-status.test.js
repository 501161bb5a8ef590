// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { createConnectionStatus } from "../../static/board/connection-status.js";

function statusOfNewPage() {
  const element = /** @type {HTMLElement} */ (/** @type {unknown} */ ({ dataset: { live: "offline" }, textContent: "", title: "" }));
  /** @type {string[]} */
  const announced = [];
  const status = createConnectionStatus(element, { t: (key) => (key ? `<${key}>` : ""), announce: (text) => announced.push(text) });
  return { element, announced, status };
}

test("the first connection is announced to nobody", () => {
  const { element, announced, status } = statusOfNewPage();
  status.show("catching-up");
  status.show("live");
  assert.deepEqual([element.dataset.live, element.textContent, announced.length], ["live", "<live>", 0]);
});

test("a lost connection is announced once, and its return too", () => {
  const { announced, status } = statusOfNewPage();
  status.show("live");
  for (let seconds = 0; seconds < 3; seconds++) status.show("offline");
  status.show("live");
  assert.deepEqual(announced, ["<offline>", "<live>"]);
});

test("the reason for a slow connection is announced and shown as title, until it is over", () => {
  const { element, announced, status } = statusOfNewPage();
  status.show("live", "slow", "blocked");
  assert.deepEqual([element.textContent, element.title, announced], ["<slow>", "<blocked>", ["<blocked>"]]);
  status.show("live");
  assert.deepEqual([element.textContent, element.title], ["<live>", ""]);
});
