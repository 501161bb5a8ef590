// @ts-check
// Addresses of the site, which the server writes into the page (templates/board/scripts.html).

import { get } from "./dom.js";

/**
 * Return the address with this name. The id takes the place of its 0, the field of its "-".
 * @param {string} name
 * @param {string | number} id
 */
export function urlOf(name, id = 0, field = "-") {
  const address = /** @type {string} */ (get(document, "#urls").dataset[name]);
  return address.replace("/0/", `/${id}/`).replace("/-/", `/${field}/`);
}
