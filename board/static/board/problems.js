// What a person reads when a request failed: the server's own words when it sent some, else what the status means.

const MEANINGS = {
  0: "No connection: nothing was saved.",
  400: "The server could not read that: nothing was saved.",
  401: "You are not logged in any more: reload the page.",
  403: "You may not do that. If you logged in again in another tab, reload the page.",
  404: "It was deleted meanwhile.",
  409: "Somebody else changed it meanwhile: nothing was saved.",
  412: "Somebody else changed it meanwhile: nothing was saved.",
  422: "That was not accepted: nothing was saved.",
  429: "Too many requests at once: nothing was saved.",
  500: "Something broke in the server: nothing was saved.",
  503: "The server is busy or restarting: nothing was saved.",
};

/** Return in a sentence or two why a request failed; `xhr` is null when the time was up. */
export function reason(xhr) {
  if (!xhr) return "The server did not answer in time. Whether it was saved shows when it does.";
  const words = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(".problem")?.textContent.trim();
  return [words || (MEANINGS[xhr.status] ?? `That did not work (error ${xhr.status}): nothing was saved.`), when(xhr)].join("");
}

function when(xhr) {
  const seconds = Number(xhr.status && xhr.getResponseHeader("Retry-After"));
  if (seconds) return ` Try again in ${seconds} second${seconds === 1 ? "" : "s"}.`;
  return [0, 429, 503].includes(xhr.status) ? " Try again in a moment." : "";
}
