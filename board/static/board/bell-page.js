// @ts-check
// The entry of pages that have no other script: the bell.

import { createBell } from "./bell.js";

createBell(/** @type {HTMLAnchorElement} */ (document.querySelector("a.bell"))).startBell();
