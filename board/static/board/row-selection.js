// @ts-check
// Selecting rows of the backlog: with their checkboxes, with Ctrl, Cmd or Shift and a click, or with x.

import { shownIn } from "./card.js";
import { create, get } from "./dom.js";
import { letterOf } from "./keyboard.js";

/** @param {Pick<BacklogPage, "board" | "cards" | "changeRows" | "t">} page */
export function createRowSelection({ board, cards, changeRows, t }) {
  const list = cards.listIn("backlog");
  const bar = /** @type {HTMLFormElement} */ (document.getElementById("selection"));
  /**
   * The ids of the selected rows, some of which a filter may hide.
   * @type {Set<string>}
   */
  const ids = new Set();
  // The id of the row at which a range begins.
  let start = "";

  /** Return the selected rows that are shown, from top to bottom. */
  const selectedRows = () => shownIn(list).filter(({ dataset }) => ids.has(dataset.task));

  /**
   * @param {HTMLElement} row
   * @param {boolean} isSelected
   * @param {boolean} isRange whether all rows from the last one on are meant
   */
  function select(row, isSelected, isRange) {
    const rows = shownIn(list);
    const places = [rows.findIndex(({ dataset }) => dataset.task === start), rows.indexOf(row)].toSorted((one, other) => one - other);
    const meant = isRange && places[0] >= 0 ? rows.slice(places[0], places[1] + 1) : [row];
    for (const { dataset } of meant) isSelected ? ids.add(dataset.task) : ids.delete(dataset.task);
    start = row.dataset.task;
    showSelection();
  }

  function clearSelection() {
    ids.clear();
    showSelection();
  }

  /** Check the boxes of the selected rows, those that have just been replaced included, and show their number. */
  function showSelection() {
    for (const row of list.querySelectorAll(":scope > .row")) checkboxOf(row).checked = ids.has(row.dataset.task);
    const count = selectedRows().length;
    get(bar, "output").textContent = count ? t("selected", { count }) : "";
    board.toggleAttribute("data-selecting", count > 0);
    bar.hidden = !count;
  }

  /** @param {MouseEvent & { target: HTMLElement }} event */
  function onClick(event) {
    const { target, shiftKey } = event;
    const row = rowAt(target);
    if (!row || event.altKey) return;
    if (target === checkboxOf(row)) return select(row, checkboxOf(row).checked, shiftKey);
    if (!shiftKey && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    select(row, shiftKey || !ids.has(row.dataset.task), shiftKey);
  }

  /** @param {KeyboardEvent & { target: HTMLElement }} event */
  function onKey(event) {
    const { target, ctrlKey, metaKey, altKey } = event;
    const isTyping = target.matches("input:not([type=checkbox]), textarea, select");
    if (event.defaultPrevented || isTyping || ctrlKey || metaKey || altKey || document.querySelector("dialog[open], :popover-open")) return;
    const row = rowAt(target);
    if (event.key === "Escape" && ids.size && !target.closest(".card.open")) {
      event.preventDefault();
      clearSelection();
    } else if (row && letterOf(event).toLowerCase() === "x") select(row, !ids.has(row.dataset.task), event.shiftKey);
  }

  /**
   * Change the selected rows. The focus goes to the row below them if its button has gone with the selection.
   * @param {SubmitEvent} event
   */
  async function onSubmit(event) {
    event.preventDefault();
    const rows = selectedRows();
    const rest = shownIn(list).filter((row) => !rows.includes(row));
    const next = rest.find((row) => rows[rows.length - 1].compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING) ?? rest.at(-1);
    for (const menu of bar.querySelectorAll(":popover-open")) menu.hidePopover();
    await changeRows(rows, { do: /** @type {HTMLButtonElement} */ (event.submitter).value });
    if (!document.activeElement?.checkVisibility() || document.activeElement === document.body) cards.focusCard(next?.dataset.task ?? "");
  }

  /** Offer the sprints that stand beside the rows now: they may have changed since the page was loaded. */
  function showSprints() {
    const menu = get(bar, "#move-to");
    for (const button of menu.querySelectorAll("[value^=sprint-]")) button.remove();
    const sprints = [...document.querySelectorAll(".targets [data-into]")].map((sprint) => {
      const button = create("button", { name: "do", value: `sprint-${sprint.dataset.into}` });
      button.append(create("bdi", { textContent: get(sprint, "a").textContent }));
      return button;
    });
    menu.prepend(...sprints);
  }

  /** Forget rows that have left, and show the rest. */
  function onRowsChanged() {
    const there = new Set([...list.children].map(({ dataset }) => dataset.task));
    for (const id of ids) if (!there.has(id)) ids.delete(id);
    showSelection();
  }

  return {
    /**
     * Return the rows that are dragged with a row: the selected ones, if it is one of them.
     * @param {HTMLElement} row
     */
    groupOf: (row) => (ids.has(row.dataset.task) ? selectedRows() : [row]),
    startSelection() {
      list.addEventListener("click", onClick);
      document.addEventListener("keydown", onKey);
      bar.addEventListener("submit", onSubmit);
      bar.addEventListener("reset", (event) => {
        event.preventDefault();
        clearSelection();
      });
      get(bar, "#move-to").addEventListener("beforetoggle", showSprints);
      new MutationObserver(onRowsChanged).observe(list, { childList: true, subtree: true, attributeFilter: ["hidden"] });
      showSelection();
    },
  };
}

/** @param {HTMLElement} element */
const rowAt = (element) => element.closest(".row");
/** @param {HTMLElement} row */
const checkboxOf = (row) => /** @type {HTMLInputElement} */ (get(row, "[type=checkbox]"));
