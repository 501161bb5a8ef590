// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { createI18n } from "../../static/board/i18n.js";

const STRINGS = { held: "%(name)s is moving this", found: { one: "%(count)s card", few: "%(count)s karty", other: "%(count)s cards" } };

test("values are put into a text, as they are", () => {
  const { t } = createI18n(STRINGS, "en");
  assert.equal(t("held", { name: "$& %(name)s" }), "$& %(name)s is moving this");
});

test("the number selects the plural form of the language", () => {
  const found = (/** @type {string} */ language) => [1, 2, 5].map((count) => createI18n(STRINGS, language).t("found", { count }));
  assert.deepEqual(found("en"), ["1 card", "2 cards", "5 cards"]);
  assert.deepEqual(found("pl"), ["1 card", "2 karty", "5 cards"]);
});

test("an unknown key has no text", () => {
  assert.equal(createI18n(STRINGS, "en").t(418), "");
});

test("names and numbers are written as the language does", () => {
  const { formatList, formatNumber } = createI18n({}, "de");
  assert.equal(formatList(new Set(["Ana", "Ben", "Cleo"])), "Ana, Ben und Cleo");
  assert.equal(formatNumber(12345), "12.345");
});
