// @ts-check
// Scrolling while something is dragged.

const EDGE = 48;
const MAX_SPEED = 24;

/**
 * Scroll an element when the pointer is near one of its edges, the faster the nearer.
 * @param {Element} element
 * @param {"scrollTop" | "scrollLeft"} side
 * @param {number} at
 * @param {number} start
 * @param {number} end
 */
export function scrollNear(element, side, at, start, end) {
  const back = start + EDGE - at;
  const forward = at - end + EDGE;
  if (back > 0) element[side] -= Math.min(back / 4, MAX_SPEED);
  else if (forward > 0) element[side] += Math.min(forward / 4, MAX_SPEED);
}
