// @ts-check
// Shorthands for the DOM.

/**
 * Return the first element that matches, which must be there.
 * @param {ParentNode} root
 * @param {string} selector
 */
export const get = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));

/**
 * Create an element with properties.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} properties
 * @returns {HTMLElementTagNameMap[K]}
 */
export const create = (tag, properties) => Object.assign(document.createElement(tag), properties);

/**
 * Return the content of a template that the server wrote into the page (templates/board/scripts.html).
 * @param {string} id
 */
export const templateContent = (id) => /** @type {HTMLTemplateElement} */ (document.getElementById(id)).content;

/**
 * Insert a text where the caret is, in the one way that the browser's own undo knows.
 * @param {string} text
 */
export const insertText = (text) => document.execCommand("insertText", false, text);
