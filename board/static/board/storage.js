// @ts-check
// What this browser keeps for the site, as JSON. It may be switched off, full, or hold what no page of ours wrote:
// a value that can't be read or is not `valid` counts as absent and is dropped, one that can't be written is lost.

/**
 * Return the value of a key, null when there is none that is `valid`.
 * @param {"localStorage" | "sessionStorage"} area
 * @param {string} key
 * @param {(value: any) => boolean} valid
 */
export function load(area, key, valid) {
  try {
    const text = window[area].getItem(key);
    if (text === null) return null;
    const value = parse(text);
    if (value !== null && valid(value)) return value;
    window[area].removeItem(key);
  } catch {
    // The browser keeps nothing for this site.
  }
  return null;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Keep a value.
 * @param {"localStorage" | "sessionStorage"} area
 * @param {string} key
 * @param {unknown} value
 */
export function store(area, key, value) {
  try {
    window[area].setItem(key, JSON.stringify(value));
  } catch {
    // Nothing is kept for this site, or no more: the page works all the same.
  }
}

/**
 * Drop the value of a key.
 * @param {"localStorage" | "sessionStorage"} area
 * @param {string} key
 */
export function drop(area, key) {
  try {
    window[area].removeItem(key);
  } catch {
    // Nothing is kept for this site.
  }
}

/**
 * Return all keys of an area.
 * @param {"localStorage" | "sessionStorage"} area
 */
export function keys(area) {
  try {
    return Object.keys(window[area]);
  } catch {
    return [];
  }
}
