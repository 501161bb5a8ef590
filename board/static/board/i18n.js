// @ts-check
// What the page says by itself, in its language: the server's words (board/templatetags/i18n_strings.py).

const WORDS = JSON.parse(document.getElementById("i18n")?.textContent ?? "{}");
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const list = new Intl.ListFormat(language);

/** Return a text with its values put in: `t("held", { name: "Ana" })`; `count` decides about the plural. */
export function t(key, values = {}) {
  const text = WORDS[key];
  const form = typeof text === "object" ? text[plural.select(values.count)] ?? text.other : text;
  return form?.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

/** Return names as one does in a sentence: "Ana, Ben and Cleo". */
export const formatList = (names) => list.format(names);
