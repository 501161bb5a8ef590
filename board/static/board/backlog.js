// @ts-check
// The entry of the backlog page: a board with one column, whose rows can be selected and changed together.

import { createBulkChanges } from "./bulk-changes.js";
import { startPage } from "./page.js";
import { createRowSelection } from "./row-selection.js";

startPage((page) => /** @type {BacklogPage} */ (page).startSelection(), createBacklogPage);

/**
 * @param {BoardPage} page
 * @returns {BacklogPage}
 */
function createBacklogPage(page) {
  const bulk = createBulkChanges(page);
  return { ...page, ...createRowSelection({ ...page, ...bulk }), ...bulk };
}
