// @ts-check
// What this browser stores for the site, as JSON. Storage may be switched off or full: then nothing is stored, and the
// page works all the same.

/** @typedef {"localStorage" | "sessionStorage"} Area */

/**
 * Return the value of a key, null without one. A value that is not `valid` was written by no page of ours and is dropped.
 * @param {Area} area
 * @param {string} key
 * @param {(value: any) => boolean} valid
 */
export function load(area, key, valid) {
  const value = attempt(() => JSON.parse(window[area].getItem(key) ?? ""));
  if (value && valid(value)) return value;
  drop(area, key);
  return null;
}

/**
 * @param {Area} area
 * @param {string} key
 * @param {unknown} value
 */
export const store = (area, key, value) => attempt(() => window[area].setItem(key, JSON.stringify(value)));

/**
 * @param {Area} area
 * @param {string} key
 */
export const drop = (area, key) => attempt(() => window[area].removeItem(key));

/**
 * Return all keys of an area.
 * @param {Area} area
 */
export const keys = (area) => attempt(() => Object.keys(window[area])) ?? [];

/**
 * Return the result of an action, undefined when it fails.
 * @template T
 * @param {() => T} action
 */
function attempt(action) {
  try {
    return action();
  } catch {
    // Undefined.
  }
}
