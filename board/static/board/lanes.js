// @ts-check
// Where a card in hand would land. Pure geometry: boxes and points in pixels of the window.

/** Return the index of the lane for `x`: of the boxes that `view` shows a part of, the one that is nearest; -1: none. */
export function laneAt(x, boxes, view) {
  const distance = ({ left, right }) => Math.max(left - x, x - right, 0);
  const isShown = ({ left, right }) => Math.min(right, view.right) - Math.max(left, view.left) >= 1;
  const shown = boxes.filter(isShown).toSorted((one, other) => distance(one) - distance(other));
  return boxes.indexOf(shown[0]);
}

/** Return the index of the card before which `y` lies in a list; -1: at its end, as everywhere below the list. */
export function placeAt(y, boxes, list) {
  if (y >= list.bottom) return -1;
  if (y < list.top && boxes.length) return 0;
  return boxes.findIndex(({ top, height }) => y < top + height / 2);
}
