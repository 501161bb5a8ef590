// @ts-check
// The rule of TaskQuerySet.matching and board.text.search, from the table that holds both sides to it.
import assert from "node:assert/strict";
import { test } from "node:test";

import table from "../search.json" with { type: "json" };
import { matches, wordsOf } from "../../static/board/matching.js";
import { normalize } from "../../static/board/normalize.js";

const { name, description, first_name, last_name } = table.card;
const CARD = { task: "12", name, excerpt: normalize(description).slice(0, 80), assignee: `${first_name} ${last_name}` };

test("a text is compared without case, accents and marks", () => {
  for (const [text, normal] of Object.entries(table.normal)) assert.equal(normalize(text), normal);
});

for (const words of [...table.matches, "12", "#12", "zoe #1"]) test(`a card matches ${words}`, () => assert.ok(matches(CARD, wordsOf(words))));

for (const words of [...table.non_matches, "#2", "12 13"]) test(`a card does not match ${words}`, () => assert.ok(!matches(CARD, wordsOf(words))));

for (const [words, name] of table.finds) test(`${name} matches ${words}`, () => assert.ok(matches({ ...CARD, name }, wordsOf(words))));
