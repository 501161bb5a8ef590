// @ts-check
// A card is dragged by its text, so that can't be selected as elsewhere: while Alt is held it can.

/** Let a mouse select the text of cards while Alt is held; the selection stays until the next press. */
export function allowTextSelection() {
  const { classList } = document.documentElement;
  const begin = ({ altKey }) => altKey && !classList.contains("dragging") && classList.add("selecting");
  const end = () => getSelection().isCollapsed && classList.remove("selecting");
  addEventListener("keydown", begin);
  // Alt went down while another window had the focus.
  addEventListener("pointermove", begin);
  addEventListener("keyup", ({ key }) => key === "Alt" && end());
  addEventListener("blur", end);
  addEventListener("pointerdown", ({ altKey }) => altKey || classList.remove("selecting"));
  addEventListener("click", swallow, { capture: true });
}

/** The click at the end of a selection opens nothing; some browsers would download the page behind the link. */
function swallow(event) {
  if (!event.altKey || !event.target.closest(".card:not(.open)")) return;
  event.preventDefault();
  event.stopPropagation();
}
