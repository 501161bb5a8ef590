// Back and reload show the board where it was left: the page, the columns beside each other, and each column.

const PLACE = `scroll:${location.pathname}`;
const board = document.querySelector(".board");
const scrollers = () => [document.scrollingElement, board.querySelector(".columns"), ...board.querySelectorAll(".cards")];

export function keepScroll() {
  addEventListener("pagehide", remember);
  const [{ type }] = performance.getEntriesByType("navigation");
  if (type === "back_forward" || type === "reload") restore();
}

function remember() {
  const positions = scrollers().map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]);
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(positions));
  } catch {
    // The browser keeps nothing for this site: the board begins at its top.
  }
}

function restore() {
  try {
    const positions = JSON.parse(sessionStorage.getItem(PLACE)) ?? [];
    scrollers().forEach((element, index) => positions[index] && element.scrollTo({ left: positions[index][0], top: positions[index][1], behavior: "instant" }));
  } catch {
    // What is kept there cannot be read: somebody else wrote it.
  }
}
