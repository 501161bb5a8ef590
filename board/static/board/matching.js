// @ts-check
// What the filter of a board shows: the same rule as TaskQuerySet.matching (board/models/task.py).

import { normalize } from "./normalize.js";

/**
 * Return the words of a query, normalized.
 * @param {string} query
 */
export const wordsOf = (query) => normalize(query).split(/\s+/).filter(Boolean);

/**
 * Return whether all words are in the number, the name, the excerpt of the description, which is normalized, or the
 * assignee's name.
 * @param {{ task: string, name: string, excerpt: string, assignee: string }} card
 * @param {string[]} words
 */
export function matches({ task, name, excerpt, assignee }, words) {
  const text = `#${task} ${normalize(name)} ${excerpt} ${normalize(assignee)}`;
  return words.every((word) => text.includes(word));
}
