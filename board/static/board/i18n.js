// @ts-check
// The texts that scripts show, in the language of the page. The server writes them into it (board/templatetags/i18n_strings.py).

/**
 * @param {Strings} strings
 * @param {string} language
 */
export function createI18n(strings, language) {
  const plural = new Intl.PluralRules(language);
  const list = new Intl.ListFormat(language);

  /**
   * Return a text with its values: `t("held", { name: "Ana" })`; "" for an unknown key. `count` selects the plural form.
   * @type {Translate}
   */
  function t(key, values = {}) {
    const text = strings[key] ?? "";
    const form = typeof text === "object" ? text[plural.select(Number(values.count))] ?? text.other ?? "" : text;
    return form.replace(/%\((\w+)\)s/g, (_, name) => String(values[name]));
  }

  return {
    t,
    /**
     * Return names as in a sentence: "Ana, Ben and Cleo".
     * @param {Iterable<string>} names
     */
    formatList: (names) => list.format(names),
    /** @param {number} number */
    formatNumber: (number) => number.toLocaleString(language),
  };
}
