// @ts-check
// What a key means, whatever Caps Lock, the layout or an input method says.

/** Hide keys that belong to an input method from all handlers of the page. */
export function ignoreComposition() {
  // Safari ends a composition before the key that ended it: only the old code, 229, tells.
  const onKey = (/** @type {KeyboardEvent} */ event) => (event.isComposing || event.keyCode === 229) && event.stopImmediatePropagation();
  addEventListener("keydown", onKey, { capture: true });
}

/**
 * Return the small letter of a key, whatever Caps Lock says, or its capital letter with Shift. On a layout without
 * Latin letters, take the letter at the key's place on a US keyboard.
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey">} event
 */
export function letterOf({ key, code, shiftKey }) {
  const isLatin = /^[\x20-\x7e]$|^\p{Script=Latin}$/u.test(key);
  const place = /^Key([A-Z])$/.exec(code)?.[1];
  const letter = place && key.length === 1 && !isLatin ? place : key;
  if (letter.length > 1) return letter;
  return shiftKey ? letter.toUpperCase() : letter.toLowerCase();
}
