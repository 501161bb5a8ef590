// @ts-check
// How texts are compared when people filter and search: board/text/search.py has the same rule, and says why.

const IGNORED =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u00ad\u200b-\u200f\u2060\ufeff]/g;
/** @type {Record<string, string>} */
const LETTERS = { ø: "o", ł: "l", đ: "d", ħ: "h", ŧ: "t", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i", ς: "σ" };
const REPLACED = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");

/**
 * Return a text without case, accents and other marks: "İstanbuler Straße" gives "istanbuler strasse".
 * @param {string} text
 */
export function normalize(text) {
  const lower = text.normalize("NFKD").toLowerCase().toUpperCase().toLowerCase().normalize("NFKD");
  return lower.replace(IGNORED, "").replace(REPLACED, (letter) => LETTERS[letter]);
}
