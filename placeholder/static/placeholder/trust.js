// @ts-check
// Trusted Types (SECURE_CSP): the HTML that htmx parses is the server's; no string becomes a script.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (html) => html });
