// @ts-check
// Searches the site's index in the browser: every word asked for must begin a word of the page.
const form = document.querySelector("[data-index]");
const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
const list = document.querySelector("[data-results]");
const status = document.querySelector("[data-count]");
let index;

function words(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];
}

function score([, title, description, content], asked) {
  const inTitle = words(title);
  const anywhere = [...inTitle, ...words(description), ...content.split(" ")];
  let total = 0;
  for (const word of asked) {
    const starts = (candidate) => candidate.startsWith(word);
    if (!anywhere.some(starts)) return 0;
    total += inTitle.some(starts) ? 10 : 1;
  }
  return total;
}

function result([address, title, description]) {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  link.href = address;
  link.textContent = title;
  if (description) item.appendChild(document.createElement("p")).textContent = description;
  return item;
}

async function search() {
  const asked = words(field.value);
  index ??= await (await fetch(form.dataset.index)).json();
  const scored = index.map((page) => [score(page, asked), page]).filter(([points]) => points > 0);
  scored.sort(([one, a], [other, b]) => other - one || a[1].localeCompare(b[1]));
  list.replaceChildren(...(asked.length ? scored.slice(0, 30).map(([, page]) => result(page)) : []));
  status.textContent = asked.length ? `${scored.length} ${scored.length === 1 ? "page" : "pages"}` : "";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
  search();
});
field.addEventListener("input", search);
field.value = new URLSearchParams(location.search).get("q") ?? "";
if (field.value) search();
