// @ts-check
// My changes in this tab that can still be undone, the newest last. They survive a reload.

import { load, store } from "./storage.js";

const MAX_CHANGES = 50;

/**
 * @param {string} key in the session's storage
 * @param {(address: string) => boolean} isUndoAddress
 */
export function createUndoStack(key, isUndoAddress) {
  /** @param {any} change */
  const isChange = (change) => typeof change?.address === "string" && isUndoAddress(change.address) && typeof change.text === "string";
  /** @type {UndoableChange[]} */
  let changes = load("sessionStorage", key, (value) => Array.isArray(value) && value.every(isChange)) ?? [];

  /** @param {UndoableChange[]} newChanges */
  function save(newChanges) {
    changes = newChanges;
    store("sessionStorage", key, changes);
  }

  /** @param {string} address */
  const without = (address) => changes.filter((change) => change.address !== address);

  return {
    newest: () => changes.at(-1),
    /** @param {UndoableChange} change */
    add: (change) => save([...without(change.address), change].toSorted((one, other) => numberOf(one) - numberOf(other)).slice(-MAX_CHANGES)),
    /** @param {string} address */
    remove: (address) => save(without(address)),
  };
}

/** @param {UndoableChange} change */
const numberOf = ({ address }) => Number(/(\d+)\/$/.exec(address)?.[1]);
