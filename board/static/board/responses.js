// @ts-check
// Handles the responses that htmx receives: cards, forms, and failures.

import { focusName, parseCards } from "./card.js";
import { errorMessage } from "./error-messages.js";
import { addPersonSearch } from "./people.js";
import { revealForm } from "./reveal.js";

/**
 * @param {Page} page
 * @param {BoardPage | null} boardPage
 */
export function startResponses(page, boardPage) {
  const { toast, t } = page;
  // The version of the card whose form was submitted last: a card that comes with another version was saved.
  let openedVersion = "";

  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (boardPage && elt.matches?.("template[data-cards]")) {
      showCards(/** @type {HTMLTemplateElement} */ (elt), boardPage);
    } else if (boardPage && elt.matches?.(".card:not(.open)")) {
      focusName(elt);
      boardPage.cards.release(elt);
      boardPage.reveal(elt.dataset.task, elt.dataset.version !== openedVersion);
    } else if (elt.matches?.("#panel") || (elt === document.body && elt.querySelector("#panel"))) {
      // The panel of a task is read first: its forms get no focus.
    } else if (elt.matches?.("form.theme")) {
      document.documentElement.dataset.theme = elt.dataset.theme;
    } else if (elt !== document.body || !boardPage) {
      showForm(elt);
    }
    boardPage?.cards.updateCounts();
  });

  /** @param {HTMLElement} element */
  function showForm(element) {
    const isCard = element.matches?.(".card.open");
    if (isCard) boardPage?.cards.showOpened(element);
    for (const list of element.querySelectorAll?.("select[name=assigned]") ?? []) addPersonSearch(/** @type {HTMLSelectElement} */ (list), page);
    const field = revealForm(element);
    if (field && isCard && element.querySelectorAll("form .field").length === 1) prepareOnlyField(/** @type {Field} */ (field));
  }

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { xhr, elt, target } = detail;
    if (target.matches(".card")) openedVersion = target.dataset.version;
    // No error page gets into a card.
    if (/^\s*<!doctype/i.test(xhr.responseText)) detail.shouldSwap = false;
    if (xhr.status < 400 || detail.shouldSwap || isQuiet(elt)) return;
    const card = target.closest(".card");
    if (xhr.status === 404 && card && boardPage) boardPage.removeDeleted(card.dataset.task);
    else toast(errorMessage(xhr, t));
  });
  document.addEventListener("htmx:sendError", ({ detail: { elt, xhr } }) => isQuiet(elt) || toast(errorMessage(xhr, t)));
  document.addEventListener("htmx:timeout", ({ detail: { elt } }) => isQuiet(elt) || toast(errorMessage(null, t)));
}

/**
 * Moves show their failures themselves. What is requested while someone types may fail in silence.
 * @param {HTMLElement} element
 */
const isQuiet = (element) => element.matches(".card.saving, [data-quiet]");

/**
 * Show the cards of a response in their places, and remove those that left this board.
 * @param {HTMLTemplateElement} template
 * @param {BoardPage} boardPage
 */
function showCards(template, { cards, reveal, refreshPanel }) {
  for (const card of parseCards(template.innerHTML)) {
    const { task } = card.dataset;
    cards.upsert(card);
    if ("focus" in template.dataset) cards.focusCard(task);
    reveal(task);
  }
  cards.removeAll(template.dataset);
  if (template.closest("#panel")) refreshPanel();
  // The template is in the place of the card whose form had the focus.
  if (template.matches(".cards > *") && document.activeElement === document.body) cards.focusBeside(template);
  template.remove();
}

/**
 * Prepare the form of one field of a card: a name is selected, to be typed over, and choosing a person saves.
 * @param {Field} field
 */
function prepareOnlyField(field) {
  if (field.name === "name") field.select();
  const list = field.form?.elements.assigned;
  if (list) saveOnChoice(list);
}

/**
 * Save when a person was chosen; walking through the list by its keys chooses nobody yet.
 * @param {HTMLSelectElement} list
 */
function saveOnChoice(list) {
  let isWalking = false;
  list.addEventListener("keydown", ({ key }) => {
    isWalking = key !== "Enter" && key !== " ";
    if (key === "Enter") list.form?.requestSubmit();
  });
  list.addEventListener("pointerdown", () => (isWalking = false));
  list.addEventListener("change", () => isWalking || list.form?.requestSubmit());
}
