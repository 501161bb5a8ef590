// @ts-check
// Where a dragged card would land. Pure geometry: boxes and points in pixels of the window.

/**
 * Return the index of the lane for `x`: of the boxes of which `view` shows a part, the nearest one; -1 when there is none.
 * @param {number} x
 * @param {Box[]} boxes
 * @param {Box} view
 */
export function laneAt(x, boxes, view) {
  const distance = (/** @type {Box} */ { left, right }) => Math.max(left - x, x - right, 0);
  const isShown = (/** @type {Box} */ { left, right }) => Math.min(right, view.right) - Math.max(left, view.left) >= 1;
  const shown = boxes.filter(isShown).toSorted((one, other) => distance(one) - distance(other));
  return boxes.indexOf(shown[0]);
}

/**
 * Return the index of the card before which `y` lies in a list; -1: at its end, as everywhere below the list.
 * @param {number} y
 * @param {Box[]} boxes
 * @param {Box} list
 */
export function placeAt(y, boxes, list) {
  if (y >= list.bottom) return -1;
  if (y < list.top && boxes.length) return 0;
  return boxes.findIndex(({ top, height }) => y < top + height / 2);
}
