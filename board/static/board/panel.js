// @ts-check
// The panel of a task beside the board. The address names it (?task=12), so Back, a reload and a shared link lead to it.

import { formsWithDraft } from "./drafts.js";
import { get } from "./dom.js";
import { urlOf } from "./urls.js";

// While someone walks over the cards, the panel follows when they rest.
const FOLLOW_AFTER = 120;

/** @param {Pick<BoardPage, "board" | "cards">} page */
export function createPanel({ board, cards }) {
  // The id of the task that is open, "" for none, and the version of its card that the panel shows.
  let openTask = "";
  let shown = "";
  /** @type {Timer | undefined} */
  let follow;

  const panel = () => get(document, "#panel");
  const versionOnBoard = () => cards.find(openTask)?.dataset.version ?? "";
  const taskInAddress = () => new URLSearchParams(location.search).get("task")?.match(/^\d+$/)?.[0] ?? "";

  /**
   * Open the panel of a task and note it in the address.
   * @param {string} id
   */
  function openPanel(id) {
    if (id !== taskInAddress()) {
      const address = new URL(location.href);
      address.searchParams.set("task", id);
      if (openTask) history.replaceState(history.state, "", address);
      else history.pushState({ panel: true }, "", address);
    }
    return load(id, !board.contains(document.activeElement) || !openTask);
  }

  /**
   * @param {string} id
   * @param {boolean} isFocused
   */
  async function load(id, isFocused) {
    openTask = id;
    shown = versionOnBoard();
    await htmx.ajax("GET", urlOf("panel", id), { target: "#panel", swap: "outerHTML" }).catch(() => {});
    if (panel().dataset.panel !== id) return closePanel();
    if (isFocused) get(panel(), "#panel-name").focus();
  }

  function closePanel() {
    if (history.state?.panel) history.back();
    else {
      const address = new URL(location.href);
      address.searchParams.delete("task");
      history.replaceState(history.state, "", address);
      hide();
    }
  }

  function hide() {
    const hadFocus = panel().contains(document.activeElement) || document.activeElement === document.body;
    const id = openTask;
    openTask = "";
    panel().replaceChildren();
    panel().hidden = true;
    if (hadFocus) cards.focusCard(id);
  }

  /** Show what changed, and leave alone what someone is editing here. */
  async function refresh() {
    const id = openTask;
    shown = versionOnBoard();
    const response = await fetch(urlOf("panel", id) + (panel().matches("[data-everything]") ? "?all=1" : ""), { headers: { "HX-Request": "true" } }).catch(() => null);
    if (id !== openTask || !response) return;
    if (response.status === 404 && !formsWithDraft(panel()).some((form) => /** @type {Field | null} */ (form.querySelector("textarea"))?.value)) return closePanel();
    if (!response.ok || response.redirected) return;
    const fresh = get(new DOMParser().parseFromString(await response.text(), "text/html"), "#panel");
    for (const part of panel().querySelectorAll("[data-part]")) update(part, get(fresh, `#${part.id}`));
  }

  /** Bring the panel up to date after its card was shown anew, or left the board. */
  function followCard() {
    if (openTask && versionOnBoard() !== shown) refresh();
  }

  /** @param {HTMLElement} form of the panel */
  function closeEditing(form) {
    const editing = form.closest("#panel .editing");
    if (!editing) return false;
    editing.remove();
    refresh();
    panel().querySelector("#panel-name")?.focus();
    return true;
  }

  /** @param {MouseEvent & { target: HTMLElement }} event */
  function onClick(event) {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const card = target.closest(".card:not(.open)");
    if (card && target.closest(".name")) {
      event.preventDefault();
      openPanel(card.dataset.task);
    } else if (target.closest(".close-panel")) closePanel();
    else if (target.closest("#panel [data-all]")) {
      event.preventDefault();
      panel().dataset.everything = "";
      refresh();
    }
  }

  function startPanel() {
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !openTask || event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
      event.preventDefault();
      closePanel();
    });
    board.addEventListener("focusin", ({ target }) => {
      clearTimeout(follow);
      const id = target.closest?.(".card:not(.open)")?.dataset.task;
      if (openTask && id && id !== openTask) follow = setTimeout(openPanel, FOLLOW_AFTER, id);
    });
    addEventListener("popstate", () => (taskInAddress() ? load(taskInAddress(), true) : openTask && hide()));
    new MutationObserver(followCard).observe(get(board, ".columns"), { childList: true, subtree: true });
    if (taskInAddress()) load(taskInAddress(), true);
  }

  return { startPanel, refreshPanel: refresh, closeEditing, openTask: () => openTask };
}

/**
 * Replace a part of the panel, or of its list the entries, except those in which someone is editing.
 * @param {HTMLElement} part
 * @param {HTMLElement} fresh
 */
function update(part, fresh) {
  if (part.matches("ol")) {
    const entries = [...fresh.children].map((entry) => (isEditing(document.getElementById(entry.id)) ? document.getElementById(entry.id) : entry));
    part.replaceChildren(.../** @type {HTMLElement[]} */ (entries));
    htmx.process(part);
  } else if (!isEditing(part)) {
    const focused = part.contains(document.activeElement) && document.activeElement;
    part.replaceWith(fresh);
    htmx.process(fresh);
    if (focused) (document.getElementById(focused.id) ?? fresh.querySelector("[tabindex], a"))?.focus();
  }
}

/**
 * Return whether someone is editing in a part, or has asked for a form that may take its place.
 * @param {HTMLElement | null} part
 */
const isEditing = (part) => part?.querySelector(".editing") != null || (part?.matches("#panel-main") && document.querySelector("#panel a.htmx-request") != null);
