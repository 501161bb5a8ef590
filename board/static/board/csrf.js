// @ts-check
// The CSRF token of the current session: somebody may have logged in again in another tab, so the cookie counts, and
// not what was rendered into the page.

/** Return the value of the CSRF cookie. */
export function csrfToken() {
  const start = `${document.body.dataset.csrfCookie}=`;
  return document.cookie.split("; ").find((cookie) => cookie.startsWith(start))?.slice(start.length);
}

/** Send the current token with every form and every request of htmx. */
export function startCsrf() {
  document.addEventListener("submit", renewToken, true);
  document.addEventListener("htmx:configRequest", ({ detail }) => (detail.headers["x-csrftoken"] = csrfToken() ?? detail.headers["x-csrftoken"]));
}

function renewToken({ target }) {
  const field = target.elements.csrfmiddlewaretoken;
  if (field) field.value = csrfToken() ?? field.value;
}
