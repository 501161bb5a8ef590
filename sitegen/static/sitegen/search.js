// @ts-check
// Searches the site's index in the browser: every word of the query must begin a word of the page.

/** @typedef {[address: string, title: string, description: string, words: string]} IndexedPage */

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-index]"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
const list = /** @type {HTMLElement} */ (document.querySelector("[data-results]"));
const status = /** @type {HTMLElement} */ (document.querySelector("[data-count]"));
/** @type {IndexedPage[]} */
let index;

/** @param {string} text */
function wordsOf(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];
}

/**
 * Return how well a page matches; 0 when a word is missing.
 * @param {IndexedPage} page
 * @param {string[]} query
 */
function score([, title, description, words], query) {
  const inTitle = wordsOf(title);
  const anywhere = [...inTitle, ...wordsOf(description), ...words.split(" ")];
  let total = 0;
  for (const word of query) {
    const begins = (/** @type {string} */ candidate) => candidate.startsWith(word);
    if (!anywhere.some(begins)) return 0;
    total += inTitle.some(begins) ? 10 : 1;
  }
  return total;
}

/** @param {IndexedPage} page */
function createResult([address, title, description]) {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  link.href = address;
  link.textContent = title;
  if (description) item.appendChild(document.createElement("p")).textContent = description;
  return item;
}

async function search() {
  const query = wordsOf(field.value);
  index ??= await (await fetch(/** @type {string} */ (form.dataset.index))).json();
  const found = index.map((page) => ({ page, points: score(page, query) })).filter(({ points }) => points > 0);
  found.sort((one, other) => other.points - one.points || one.page[1].localeCompare(other.page[1]));
  list.replaceChildren(...(query.length ? found.slice(0, 30).map(({ page }) => createResult(page)) : []));
  status.textContent = query.length ? `${found.length} ${found.length === 1 ? "page" : "pages"}` : "";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
  search();
});
field.addEventListener("input", search);
field.value = new URLSearchParams(location.search).get("q") ?? "";
if (field.value) search();
