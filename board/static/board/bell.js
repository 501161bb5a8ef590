// @ts-check
// The number of unread notifications in the head of the page. A board gets it with its frames; other pages ask for it now and
// then. The tabs of a browser tell each other.

const COUNT_EVERY = 30_000;

/** @param {HTMLAnchorElement} bell */
export function createBell(bell) {
  const tabs = new BroadcastChannel(bell.href);

  /** @param {Bell} news */
  function show({ unread, label }) {
    bell.textContent = unread ? String(unread) : "";
    bell.ariaLabel = label;
  }

  /** @param {Bell} news */
  function showBell(news) {
    show(news);
    tabs.postMessage(news);
  }

  /** @param {() => boolean} [isPushed] whether the board gets the number with its frames now; other pages were sent with it */
  function startBell(isPushed) {
    const count = () => document.hidden || isPushed?.() || fetch(`${bell.href}unread/`).then((response) => response.json()).then(showBell).catch(() => {});
    if (!isPushed) tabs.postMessage({ unread: bell.textContent, label: bell.ariaLabel });
    tabs.onmessage = ({ data }) => show(data);
    setInterval(count, COUNT_EVERY);
    document.addEventListener("visibilitychange", count);
  }

  return { showBell, startBell };
}
