// @ts-check
// Searches the site's index in the browser: each word of the query must be somewhere in the page.

/** @typedef {[address: string, title: string, description: string, words: string]} IndexedPage */

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-index]"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
const list = /** @type {HTMLElement} */ (document.querySelector("[data-results]"));
const status = /** @type {HTMLElement} */ (document.querySelector("[data-count]"));
/** @type {IndexedPage[]} */
let index;

/**
 * Return a text without case and accents, as the words of the index are (document.py).
 * @param {string} text
 */
function fold(text) {
  const letters = text.normalize("NFKD").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");
  return letters.replace(/\p{Mn}/gu, "").replaceAll("’", "'");
}

/**
 * Return how well a page matches; 0 when a word is missing. Words count more at their beginnings, and in the title.
 * @param {IndexedPage} page
 * @param {string[]} query
 */
function score([, title, description, words], query) {
  const inTitle = ` ${fold(title)}`;
  const anywhere = ` ${fold(title)} ${fold(description)} ${words}`;
  let total = 0;
  for (const word of query) {
    if (!anywhere.includes(word)) return 0;
    total += inTitle.includes(` ${word}`) ? 20 : inTitle.includes(word) ? 10 : anywhere.includes(` ${word}`) ? 2 : 1;
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
  const query = fold(field.value).split(/[\s"]+/).filter(Boolean);
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
