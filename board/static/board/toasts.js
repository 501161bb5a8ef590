// @ts-check
// Toasts: short messages at the lower left, the server's among them, for ten seconds. The time stops while they
// have the pointer or the focus.

import { boxOf } from "./card.js";
import { csrfToken } from "./csrf.js";
import { create, get, templateContent } from "./dom.js";
import { createUndoStack } from "./undo-stack.js";
import { urlOf } from "./urls.js";

const DURATION = 10_000;
// More would cover the board of someone who moves many cards. Ctrl+Z still undoes the changes of those that went.
const MAX_TOASTS = 3;
// Without the form that asked, htmx could not say where the answer goes.
const IN_USE = ":hover, :focus-within, :has(.htmx-request)";

/**
 * @param {HTMLElement} region
 * @param {Pick<Page, "announce" | "t">} page
 */
export function createToasts(region, { announce, t }) {
  // After a log-in the numbers of changes may be those of a restored database, so the token is part of the key.
  const key = `undos:${document.body.dataset.user}:${csrfToken()}`;
  const undoStack = createUndoStack(key, (address) => address.replace(/\d+\/$/, "0/") === urlOf("undo"));
  /**
   * The address of an undo → its toast.
   * @type {Map<string, HTMLElement>}
   */
  const toasts = new Map();

  /**
   * Show a toast, which is announced, too, with a button "Retry" when `retry` is given.
   * @param {string} text
   * @param {false | (() => void)} retry
   */
  function toast(text, retry = false) {
    const element = createToast(text);
    if (retry) {
      const button = create("button", { textContent: t("retry") });
      button.addEventListener("click", () => {
        element.remove();
        retry();
      });
      element.append(button);
    }
    region.append(element);
  }

  /** Press the newest Undo that was not pressed yet. Its toast is shown again for that. */
  function undoNewest() {
    const change = undoStack.newest();
    if (!change) return announce(t("nothingToUndo"));
    const element = toasts.get(change.address) ?? restoreToast(change);
    if (!element.isConnected) region.append(element);
    undoFormOf(element)?.requestSubmit();
  }

  /**
   * Return the toast of a change that this tab made on another page, or before a reload.
   * @param {UndoableChange} change
   */
  function restoreToast({ address, text }) {
    const element = createToast(text);
    const form = /** @type {HTMLFormElement} */ (templateContent("undo").children[0].cloneNode(true));
    form.setAttribute("action", address);
    form.setAttribute("hx-post", address);
    element.append(form);
    region.append(element);
    htmx.process(element);
    addUndo(element, form);
    return element;
  }

  /** @param {HTMLElement} element */
  function onShown(element) {
    const form = undoFormOf(element);
    const text = element.querySelector("p")?.textContent ?? element.textContent.trim();
    // A move announces itself, with the card's position; one of several cards does not.
    if (!form || !document.querySelector(".card.saving:not(.together)")) announce(text);
    if (form && toasts.get(addressOf(form)) !== element) addUndo(element, form);
    removeLater(element);
    avoidFocus();
    if (region.children.length > MAX_TOASTS) [...region.children].find((other) => !other.matches(IN_USE))?.remove();
  }

  /**
   * Add a change to the undo stack until its Undo was pressed. One that did not reach the server may be pressed again.
   * @param {HTMLElement} element
   * @param {HTMLFormElement} form
   */
  function addUndo(element, form) {
    const address = addressOf(form);
    const change = { address, text: get(element, "p").textContent };
    toasts.set(address, element);
    undoStack.add(change);
    form.addEventListener("submit", () => undoStack.remove(address));
    form.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => (!xhr.status || xhr.status >= 500) && undoStack.add(change));
  }

  /** Keep the toasts off what has the focus: they move aside while it is below them, and stay while it is in them. */
  function avoidFocus() {
    const focused = document.activeElement?.closest("form") ?? document.activeElement;
    if (region.contains(focused)) return;
    region.classList.remove("aside");
    if (!focused || focused === document.body) return;
    const [toasts, under] = [region, focused].map(boxOf);
    const isCovered = under.left < toasts.right && under.right > toasts.left && under.bottom > toasts.top && under.top < toasts.bottom;
    region.classList.toggle("aside", isCovered);
  }

  /** Look after the toasts that are in the region, and those that come into it. */
  function startToasts() {
    document.addEventListener("focusin", () => region.children.length && avoidFocus());
    new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const node of addedNodes) if (node instanceof HTMLElement && node.matches(".toast")) onShown(node);
    }).observe(region, { childList: true });
    for (const element of [...region.children]) onShown(element);
  }

  return { toast, undoNewest, startToasts };
}

/** @param {string} textContent */
function createToast(textContent) {
  const element = create("div", { className: "toast" });
  element.append(create("p", { textContent, dir: "auto" }));
  return element;
}

/** @param {HTMLElement} element */
const undoFormOf = (element) => /** @type {HTMLFormElement | null} */ (element.querySelector("form[data-undo]"));

/** @param {HTMLFormElement} form */
const addressOf = (form) => /** @type {string} */ (form.getAttribute("action"));

/** @param {HTMLElement} element */
function removeLater(element) {
  // Why the time is stopped.
  const reasons = new Set();
  /** @type {Timer} */
  let timer;
  const start = () => (timer = setTimeout(() => element.remove(), DURATION));
  for (const [pause, resume] of [["pointerenter", "pointerleave"], ["focusin", "focusout"], ["submit", "htmx:afterRequest"]]) {
    element.addEventListener(pause, () => reasons.add(pause) && clearTimeout(timer));
    element.addEventListener(resume, () => reasons.delete(pause) && !reasons.size && start());
  }
  start();
}
