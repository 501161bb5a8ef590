// @ts-check
// A card is dragged by its text, so its text can be selected only while Alt is held.

import { swallow } from "./swallow.js";

/** Let a mouse select the text of cards while Alt is held; the selection stays until the next press. */
export function allowTextSelection() {
  const { classList } = document.documentElement;
  const begin = (/** @type {KeyboardEvent | PointerEvent} */ { altKey }) => altKey && !classList.contains("dragging") && classList.add("selecting");
  const end = () => getSelection()?.isCollapsed && classList.remove("selecting");
  addEventListener("keydown", begin);
  // Alt may have gone down while another window had the focus.
  addEventListener("pointermove", begin);
  addEventListener("keyup", ({ key }) => key === "Alt" && end());
  addEventListener("blur", end);
  addEventListener("pointerdown", ({ altKey }) => altKey || classList.remove("selecting"));
  // The click at the end of a selection opens nothing; some browsers would download the page behind the link.
  addEventListener("click", (event) => event.altKey && isClosedCard(event.target) && swallow(event), { capture: true });
}

/** @param {EventTarget | null} target */
const isClosedCard = (target) => target instanceof Element && target.closest(".card:not(.open)");
