// Dragging with pointer events: a mouse at once, a finger after a long press, so that scrolling stays scrolling.

import { find, free, parse, settle } from "./cards.js";
import { toast } from "./toasts.js";

const THRESHOLD = 4;
const LONG_PRESS = 250;
const SLIP = 8;
const EDGE = 48;

const board = document.querySelector(".board");
let press = null;
let drag = null;
let hands = { hold() {}, release() {} };

/** Let cards be dragged; `holding` is told with `hold(id)` and `release(id)` what is in hand. */
export function startDragging(holding) {
  hands = holding;
  board.addEventListener("pointerdown", onPress);
  board.addEventListener("dragstart", (event) => event.preventDefault());
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onRelease);
  addEventListener("pointercancel", cancel);
  addEventListener("blur", cancel);
  addEventListener("keydown", (event) => event.key === "Escape" && cancel());
  addEventListener("contextmenu", (event) => press && event.preventDefault());
  // Scrolling begins with the first touchmove that nobody refuses, whatever touch-action says by then.
  addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });
}

function onPress(event) {
  const card = event.target.closest(".card");
  if (!card || !event.isPrimary || event.button || event.target.closest("i a, form") || card.matches(".open, .held, .saving")) return;
  press = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId };
  if (event.pointerType === "touch") press.timer = setTimeout(lift, LONG_PRESS);
}

function onMove(event) {
  if (!press || event.pointerId !== press.pointer) return;
  const distance = Math.hypot(event.clientX - press.x, event.clientY - press.y);
  if (!drag && press.timer && distance > SLIP) letGo();
  else if (!drag && !press.timer && distance > THRESHOLD) lift();
  if (drag) follow(event.clientX, event.clientY);
}

function lift() {
  const { card } = press;
  if (!card.isConnected) return letGo();
  const box = card.getBoundingClientRect();
  const slot = document.createElement("li");
  slot.className = "slot";
  slot.style.height = `${box.height}px`;
  drag = { card, slot, left: box.left - press.x, top: box.top - press.y, from: card.nextElementSibling, list: card.parentElement };
  card.before(slot);
  card.classList.add("lifted");
  card.style.width = `${box.width}px`;
  document.documentElement.classList.add("dragging");
  follow(press.x, press.y);
  drag.scroller = requestAnimationFrame(scrollAtEdges);
  hands.hold(card.dataset.task);
}

function follow(x, y) {
  Object.assign(drag, { x, y });
  drag.card.style.transform = `translate(${x + drag.left}px, ${y + drag.top}px)`;
  const list = document.elementFromPoint(x, y)?.closest("[data-column]")?.querySelector(".cards");
  if (!list) return;
  const next = [...list.children].find((other) => {
    if (other === drag.slot || other === drag.card) return false;
    const box = other.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  if (drag.slot.parentElement !== list || following(drag.slot) !== (next ?? null)) list.insertBefore(drag.slot, next ?? null);
}

function scrollAtEdges() {
  const list = drag.slot.parentElement;
  pull(list, "scrollTop", drag.y, list.getBoundingClientRect().top, list.getBoundingClientRect().bottom);
  pull(board.querySelector(".columns"), "scrollLeft", drag.x, 0, innerWidth);
  drag.scroller = requestAnimationFrame(scrollAtEdges);
}

function pull(element, side, at, start, end) {
  if (at < start + EDGE) element[side] -= (start + EDGE - at) / 4;
  else if (at > end - EDGE) element[side] += (at - end + EDGE) / 4;
}

function onRelease(event) {
  if (!press || event.pointerId !== press.pointer) return;
  if (!drag) return letGo();
  const { card, slot, list, from } = drag;
  const stays = slot.parentElement === list && following(slot) === from;
  slot.replaceWith(card);
  swallowClick();
  putDown();
  if (stays) return free(card);
  save(card);
}

function cancel() {
  if (!drag) return letGo();
  const { card, slot } = drag;
  slot.remove();
  putDown();
  free(card);
}

function putDown() {
  const { card, scroller } = drag;
  cancelAnimationFrame(scroller);
  card.classList.remove("lifted");
  card.removeAttribute("style");
  document.documentElement.classList.remove("dragging");
  drag = null;
  letGo();
  hands.release(card.dataset.task);
}

function letGo() {
  clearTimeout(press?.timer);
  press = null;
}

/** Tell the server where the card was put; what it answers is the truth. */
async function save(card) {
  card.classList.add("saving");
  const place = {
    sprint: board.dataset.sprint,
    column: card.closest("[data-column]").dataset.column,
    after: preceding(card)?.dataset.task ?? "",
    before: following(card)?.dataset.task ?? "",
  };
  try {
    const response = await fetch(`/tasks/${card.dataset.task}/place/`, {
      method: "POST",
      body: new URLSearchParams(place),
      headers: { "HX-Request": "true", "HX-Current-URL": location.href, ...JSON.parse(document.body.getAttribute("hx-headers")) },
    });
    const login = response.headers.get("HX-Redirect");
    if (login) return location.assign(login);
    const answer = await response.text();
    if (!response.ok) throw new Error(reason(response, answer));
    for (const fresh of parse(answer)) settle(fresh);
    free(find(card.dataset.task));
  } catch (error) {
    card.classList.remove("saving");
    free(card);
    toast(error instanceof TypeError ? "No connection: the move was not saved." : error.message);
  }
}

function reason(response, answer) {
  const problem = new DOMParser().parseFromString(answer, "text/html").querySelector(".problem");
  if (response.status === 404) return "This task was deleted meanwhile.";
  return problem?.textContent ?? `The move was not saved (error ${response.status}).`;
}

/** The next card after one, the one in hand left out. */
function following(card) {
  let next = card.nextElementSibling;
  while (next && (next === drag?.card || !next.dataset.task)) next = next.nextElementSibling;
  return next;
}

function preceding(card) {
  let previous = card.previousElementSibling;
  while (previous && !previous.dataset.task) previous = previous.previousElementSibling;
  return previous;
}

/** The click that ends a drag opens nothing. */
function swallowClick() {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
}
