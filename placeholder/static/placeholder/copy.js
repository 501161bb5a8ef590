// @ts-check
// Copies the line beside a "Copy" button. The buttons stay hidden where a page may not write to the clipboard.
function showButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.previousElementSibling?.textContent ?? "");
  const label = /** @type {Text} */ (button.firstChild);
  label.data = "Copied";
  setTimeout(() => { label.data = "Copy"; }, 1500);
});

document.addEventListener("htmx:afterSwap", showButtons);
showButtons();
