// @ts-check
// Starts Swagger UI on the page of the API's reference.

const root = document.documentElement;
const element = /** @type {HTMLElement} */ (document.querySelector("#swagger-ui"));
const darkScheme = matchMedia("(prefers-color-scheme: dark)");

const showTheme = () => root.classList.toggle("dark-mode", root.dataset.theme ? root.dataset.theme === "dark" : darkScheme.matches);

showTheme();
darkScheme.addEventListener("change", showTheme);
/** @type {any} */ (globalThis).SwaggerUIBundle({
  domNode: element,
  url: element.dataset.schema,
  deepLinking: true,
  validatorUrl: null,
  // The browser sends the session's cookie, so the API asks for the CSRF token. Commands that people copy do without it.
  requestInterceptor: (/** @type {{ headers: Record<string, string | undefined> }} */ request) => {
    request.headers["X-CSRFToken"] = element.dataset.csrfToken;
    return request;
  },
  showMutatedRequest: false,
});
