// @ts-check
// The status of the live connection in the head of the page.

/**
 * @param {HTMLElement} element
 * @param {Pick<Page, "announce" | "t">} page
 */
export function createConnectionStatus(element, { announce, t }) {
  const { dataset } = element;
  return {
    isLive: () => dataset.live === "live",

    /** @param {number | null} milliseconds since the connection was lost, null when it is there */
    showSeconds: (milliseconds) => (dataset.seconds = milliseconds === null ? "" : String(Math.round(milliseconds / 1_000))),

    /**
     * Show a status, in the text of `key`, and the reason for it, if there is one.
     * @param {"live" | "catching-up" | "offline"} status
     * @param {string} key
     * @param {string} reason the key of a text, too
     */
    show(status, key = status, reason = "") {
      const text = t(key);
      if (dataset.live === status && element.textContent === text) return;
      // The status before the script ran is "offline", too, without a text.
      const wasOffline = dataset.live === "offline" && element.textContent;
      if (reason) announce(t(reason));
      else if (status === "offline" || (status === "live" && wasOffline)) announce(text);
      dataset.live = status;
      element.textContent = text;
      element.title = t(reason);
    },
  };
}
