// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { linkOf, typedName } from "../../static/board/mentions.js";
import { isNamed } from "../../static/board/people.js";
import { wordsOf } from "../../static/board/matching.js";

/** @type {[string, string | undefined][]} */
const TEXTS = [
  ["@", "@"],
  ["Ask @an", "@an"],
  ["(@anna.l-e", "@anna.l-e"],
  ["two\n@מר", "@מר"],
  ["@anna ", undefined],
  ["anna@example", undefined],
  ["@@anna", undefined],
  ["Ask", undefined],
];
for (const [value, typed] of TEXTS) {
  test(`what is typed of a mention in ${JSON.stringify(value)}`, () => assert.equal(typedName({ value: `${value}, more @x`, selectionEnd: value.length }), typed));
}

test("people are found by username and by any part of their name, without accents and case", () => {
  for (const typed of ["", "ZO", "oster", "zoe.o"]) assert.ok(isNamed("zoe.o Zoë Österberg", wordsOf(typed)), typed);
  assert.ok(!isNamed("zoe.o Zoë Österberg", ["berg"]));
});

test("a URL that is pasted over a text makes a link", () => {
  assert.equal(linkOf("the film", "https://a.org/x_(1)?y=2"), "[the film](https://a.org/x_(1)?y=2)");
});

for (const [text, pasted] of [["the film", "two words"], ["the film", "javascript:alert(1)"], ["a [b](c)", "https://a.org"], ["https://b.org", "https://a.org"], ["two\nlines", "https://a.org"], ["", "https://a.org"]]) {
  test(`${JSON.stringify(pasted)} over ${JSON.stringify(text)} is pasted as it is`, () => assert.equal(linkOf(text, pasted), false));
}
