// @ts-check
// What helps to write Markdown: "@" offers people, and a URL pasted over a text makes a link.

import { create, get, insertText } from "./dom.js";
import { wordsOf } from "./matching.js";
import { isNamed } from "./people.js";
import { urlOf } from "./urls.js";

const MAX_OFFERED = 8;

/** @param {Pick<Page, "announce" | "t">} page */
export function startMentions({ announce, t }) {
  const list = get(document, "#offered");
  /**
   * The username and name of everybody, from the first "@" on.
   * @type {Promise<string[][]> | undefined}
   */
  let everybody;
  /** @type {string[][]} */
  let found = [];
  /**
   * The field below which people are offered.
   * @type {HTMLTextAreaElement | null}
   */
  let field = null;
  let active = 0;

  /** @param {HTMLTextAreaElement} target */
  async function offer(target) {
    const typed = typedName(target);
    if (!typed) return close();
    everybody ??= fetch(urlOf("people")).then((response) => response.json());
    const people = await everybody.catch(() => []);
    if (typedName(target) !== typed || target !== document.activeElement) return;
    close();
    found = people.filter((names) => isNamed(names.join(" "), wordsOf(typed.slice(1)))).slice(0, MAX_OFFERED);
    if (!found.length) return;
    list.replaceChildren(...found.map(([username, name], index) => create("li", { id: `offered-${index}`, role: "option", textContent: `${name} @${username}`, onclick: () => choose(username) })));
    field = target;
    field.after(list);
    // A combobox by all but its role, which no field of several lines may have. So the list is announced.
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    activate(0);
    announce(t("found", { name: found[0][1], total: found.length }));
  }

  /** @param {number} index */
  function activate(index) {
    active = (index + found.length) % found.length;
    for (const option of list.children) option.ariaSelected = String(option === list.children[active]);
    field?.setAttribute("aria-activedescendant", list.children[active].id);
  }

  function close() {
    field?.removeAttribute("aria-activedescendant");
    list.replaceChildren();
    field = null;
  }

  /** @param {string} username */
  function choose(username) {
    field?.setSelectionRange(field.selectionEnd - (typedName(field) ?? "").length, field.selectionEnd);
    close();
    insertText(`@${username} `);
  }

  document.addEventListener("keydown", (event) => {
    const step = Number(event.key === "ArrowDown") - Number(event.key === "ArrowUp");
    if (event.target !== field || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (step) activate(active + step);
    else if (event.key === "Enter" || event.key === "Tab") choose(found[active][0]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  // A click leaves the focus in the field.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("selectionchange", () => field && !typedName(field) && close());
  document.addEventListener("focusout", close);
  document.addEventListener("input", ({ target }) => isMarkdown(target) && offer(target));
  document.addEventListener("paste", (event) => {
    const { target, clipboardData } = event;
    const text = clipboardData?.getData("text/plain").trim() ?? "";
    const link = isMarkdown(target) && linkOf(target.value.slice(target.selectionStart, target.selectionEnd), text);
    if (!link) return;
    event.preventDefault();
    insertText(link);
  });
}

/**
 * @param {EventTarget | null} element
 * @returns {element is HTMLTextAreaElement}
 */
const isMarkdown = (element) => /** @type {Element} */ (element).matches?.("textarea[data-limit]");

/**
 * Return what is typed of a mention, from its "@" on (board/text/references.py), or undefined.
 * @param {Pick<HTMLTextAreaElement, "value" | "selectionEnd">} field
 */
export const typedName = ({ value, selectionEnd }) => /(?<![\w.@+-])@[^\s@]*$/.exec(value.slice(0, selectionEnd))?.[0];

/**
 * Return the link that a URL pasted over a text makes, or false if it is none or the text can't be the text of a link.
 * @param {string} text
 * @param {string} pasted
 */
export const linkOf = (text, pasted) => /^https?:\/\/\S+$/.test(pasted) && /^(?!https?:)[^[\]\n]+$/.test(text) && `[${text}](${pasted})`;
