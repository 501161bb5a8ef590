// @ts-check
// Changes of several rows of the backlog at once: one request, one change, one Undo.

import { positionOf } from "./card.js";
import { create } from "./dom.js";
import { errorMessage } from "./error-messages.js";
import { canRetry, isOk, newKey, postFor } from "./requests.js";

/** @param {Pick<BoardPage, "cards" | "saveMove" | "showResponse" | "toast" | "t">} page */
export function createBulkChanges({ cards, saveMove, showResponse, toast, t }) {
  /**
   * Change rows; resolves when that is done, or has failed.
   * @param {HTMLElement[]} rows
   * @param {Record<string, string>} values
   */
  async function changeRows(rows, values, key = newKey()) {
    const ids = rows.map((row) => row.dataset.task);
    for (const row of rows) markSaving(row);
    const form = /** @type {HTMLFormElement} */ (document.getElementById("selection"));
    // The rows may have left when the response arrives.
    const source = create("span", { hidden: true });
    source.dataset.quiet = "";
    form.append(source);
    const { xhr, isLate } = await postFor(source, form.action, { ...values, task: ids }, key);
    source.remove();
    if (isOk(xhr)) showResponse(xhr.responseText);
    const left = ids.flatMap((id) => cards.find(id) ?? []);
    for (const row of left) release(row);
    if (isOk(xhr)) return;
    const retry = () => changeRows(ids.flatMap((id) => cards.find(id) ?? []), values, key);
    toast(errorMessage(isLate ? null : xhr, t), canRetry(xhr) && left.length > 0 && retry);
  }

  /** @param {HTMLElement} row */
  function markSaving(row) {
    row.classList.add("saving", "together");
    row.dataset.saving = t("saving");
    row.setAttribute("aria-busy", "true");
  }

  /** @param {HTMLElement} row */
  function release(row) {
    row.classList.remove("saving", "together");
    row.removeAttribute("aria-busy");
    if (!row.matches(".lifted, .along")) cards.release(row);
  }

  return {
    changeRows,
    /**
     * Save the position of a row, or of several that stand together.
     * @param {HTMLElement} row
     * @param {HTMLElement[]} group
     */
    saveMove(row, group = [row]) {
      if (group.length === 1) return saveMove(row);
      const { after } = positionOf(group[0]);
      const { before } = positionOf(group[group.length - 1]);
      return changeRows(group, { do: "place", after, before });
    },
    /**
     * Move rows into a sprint.
     * @param {HTMLElement[]} rows
     * @param {string} sprint
     */
    moveInto: (rows, sprint) => changeRows(rows, { do: `sprint-${sprint}` }),
  };
}
