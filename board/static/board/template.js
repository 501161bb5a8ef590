// @ts-check
// Templates that the server writes into the page (templates/board/scripts.html).

/**
 * Return what is in a template.
 * @param {string} id
 */
export function templateContent(id) {
  return /** @type {HTMLTemplateElement} */ (document.getElementById(id)).content;
}
