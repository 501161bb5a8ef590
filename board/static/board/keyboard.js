// What a key means, whatever Caps Lock, the layout or an input method says.

/** Keep keys that belong to an input method, as while it converts what was typed, from all handlers of the page. */
export function ignoreComposition() {
  // Safari ends a composition before the key that ended it: only the old code tells (229).
  const isComposing = (event) => event.isComposing || event.keyCode === 229;
  addEventListener("keydown", (event) => isComposing(event) && event.stopImmediatePropagation(), { capture: true });
}

/** Return the small letter of a key; on a layout without Latin letters, the one at its place on a US keyboard. */
export function letterOf({ key, code }) {
  if (/^[A-Za-z]$/.test(key)) return key.toLowerCase();
  const place = /^Key([A-Z])$/.exec(code)?.[1];
  return place && /^[^\x20-\x7e]$/.test(key) ? place.toLowerCase() : key;
}
