// @ts-check
// Keeps an event from its target, as the click at the end of a drag.

/** @param {Event} event */
export function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** Swallow the click that follows when a button is released. */
export function swallowClick() {
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
}
