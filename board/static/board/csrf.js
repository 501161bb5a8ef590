// @ts-check
// The CSRF token of the current session. The cookie counts, not the token in the page: the user may have logged in again
// in another tab.

/** Return the value of the CSRF cookie. */
export function csrfToken() {
  const start = `${document.body.dataset.csrfCookie}=`;
  return document.cookie.split("; ").find((cookie) => cookie.startsWith(start))?.slice(start.length);
}

/** Send the current token with every form and every request of htmx. */
export function startCsrf() {
  document.addEventListener("submit", ({ target }) => renewToken(target), true);
  document.addEventListener("htmx:configRequest", ({ detail }) => (detail.headers["x-csrftoken"] = csrfToken() ?? detail.headers["x-csrftoken"]));
}

/** @param {HTMLFormElement} form */
function renewToken(form) {
  const field = form.elements.csrfmiddlewaretoken;
  if (field) field.value = csrfToken() ?? field.value;
}
