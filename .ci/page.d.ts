// Types for the scripts of all pages: htmx, the shapes that scripts share, and what the DOM's own types leave open.

interface HtmxDetail {
  elt: HTMLElement;
  target: HTMLElement;
  xhr: XMLHttpRequest;
  headers: Record<string, string>;
  requestConfig: { verb: string; headers: Record<string, string> };
  shouldSwap: boolean;
}

declare var trustedTypes: { createPolicy(name: string, rules: { createHTML(html: string): string }): void } | undefined;

declare const htmx: {
  ajax(verb: string, address: string, options: object): Promise<void>;
  process(element: Element): void;
  trigger(element: Element, event: string): void;
};

interface GlobalEventHandlersEventMap {
  "htmx:load": CustomEvent<HtmxDetail>;
  "htmx:configRequest": CustomEvent<HtmxDetail>;
  "htmx:beforeSend": CustomEvent<HtmxDetail>;
  "htmx:beforeOnLoad": CustomEvent<HtmxDetail>;
  "htmx:beforeSwap": CustomEvent<HtmxDetail>;
  "htmx:afterSwap": CustomEvent<HtmxDetail>;
  "htmx:afterRequest": CustomEvent<HtmxDetail>;
  "htmx:sendError": CustomEvent<HtmxDetail>;
  "htmx:timeout": CustomEvent<HtmxDetail>;
}

type Timer = ReturnType<typeof setTimeout>;

// The board's scripts

/** Key → text, or the text of each plural category. */
type Strings = Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>;
type Translate = (key: string | number, values?: Record<string, unknown>) => string;

/** Where a card is: the name of its column, and the ids of the cards above and below, "" when there is none. */
type Position = { column: string; after: string; before: string };
type Point = { x: number; y: number };
type Box = { left: number; top: number; right: number; bottom: number; width: number; height: number };

/** A change that can be undone: the address that undoes it, and the text of its toast. */
type UndoableChange = { address: string; text: string };
type Draft = { at?: number; version?: string; fields: Record<string, string> };

/** A frame of the live protocol (board/live/batches.py). */
type Frame = {
  format: string;
  reset?: boolean;
  seq: number;
  cards?: string;
  left?: number[];
  head?: string;
  news?: News[];
  room?: Room;
  bell?: Bell;
};
/** The number of unread notifications, and the accessible name of the bell. */
type Bell = { unread: number; label: string };
type News = { task: number; by: number; name: string; text: string; moved: boolean };
/** Who is on a board, and the name and the user id of who holds the lock of a card, by task. */
type Room = {
  people: { name: string; initials: string; colour: number }[];
  more: number;
  held: Record<string, string>;
  holders: Record<string, number>;
};

type I18n = ReturnType<typeof import("../board/static/board/i18n.js").createI18n>;
type Announcer = ReturnType<typeof import("../board/static/board/announcer.js").createAnnouncer>;
type CardAnnouncer = ReturnType<typeof import("../board/static/board/announcer.js").createCardAnnouncer>;
type BellParts = ReturnType<typeof import("../board/static/board/bell.js").createBell>;
type BulkChanges = ReturnType<typeof import("../board/static/board/bulk-changes.js").createBulkChanges>;
type CardForms = ReturnType<typeof import("../board/static/board/card-forms.js").createCardForms>;
type Cards = ReturnType<typeof import("../board/static/board/cards.js").createCards>;
type Drafts = ReturnType<typeof import("../board/static/board/drafts.js").createDrafts>;
type Filter = ReturnType<typeof import("../board/static/board/filter.js").createFilter>;
type Live = ReturnType<typeof import("../board/static/board/live.js").createLive>;
type Moves = ReturnType<typeof import("../board/static/board/moves.js").createMoves>;
type Panel = ReturnType<typeof import("../board/static/board/panel.js").createPanel>;
type Reveal = ReturnType<typeof import("../board/static/board/reveal.js").createReveal>;
type RowSelection = ReturnType<typeof import("../board/static/board/row-selection.js").createRowSelection>;
type Toasts = ReturnType<typeof import("../board/static/board/toasts.js").createToasts>;

/** The parts that every page has (board.js). */
interface Page {
  t: I18n["t"];
  formatList: I18n["formatList"];
  formatNumber: I18n["formatNumber"];
  announce: Announcer["announce"];
  toast: Toasts["toast"];
  undoNewest: Toasts["undoNewest"];
  startToasts: Toasts["startToasts"];
  showBell: BellParts["showBell"];
  startBell: BellParts["startBell"];
  drafts: Drafts;
}

/** The parts of a page with a board. */
interface BoardPage extends Page {
  board: HTMLElement;
  cards: Cards;
  announcePosition: CardAnnouncer["announcePosition"];
  announceChanges: CardAnnouncer["announceChanges"];
  openForm: CardForms["openForm"];
  replaceCard: CardForms["replaceCard"];
  startFiltering: Filter["startFiltering"];
  focusFilter: Filter["focusFilter"];
  keepVisible: Filter["keepVisible"];
  saveMove: (card: HTMLElement, group?: HTMLElement[]) => Promise<void>;
  showResponse: Moves["showResponse"];
  removeDeleted: Moves["removeDeleted"];
  startPanel: Panel["startPanel"];
  refreshPanel: Panel["refreshPanel"];
  closeEditing: Panel["closeEditing"];
  openTask: Panel["openTask"];
  reveal: Reveal["reveal"];
  startLive: Live["startLive"];
  isPushed: Live["isPushed"];
  dragLock: Live["dragLock"];
  /** The cards that are dragged with a card, itself included. */
  groupOf?: RowSelection["groupOf"];
  /** Move cards to the sprint on which they were dropped. */
  moveInto?: BulkChanges["moveInto"];
}

/** The parts of the backlog page. */
interface BacklogPage extends BoardPage {
  groupOf: RowSelection["groupOf"];
  startSelection: RowSelection["startSelection"];
  changeRows: BulkChanges["changeRows"];
  moveInto: BulkChanges["moveInto"];
}

// The DOM

/** A control of a form: an input, a textarea or a select. */
type Field = HTMLInputElement & { options?: HTMLOptionsCollection };
type TargetOf<K> = K extends "input" ? Field : K extends "submit" ? HTMLFormElement : HTMLElement;

/** Data attributes that the templates always write where scripts read them. */
interface DOMStringMap {
  column: string;
  format: string;
  gone: string;
  in: string;
  order: string;
  seq: string;
  task: string;
  user: string;
  version: string;
}

// The pages are HTML, and so is what is found in them and what their events come from.
interface ParentNode {
  querySelector(selectors: string): HTMLElement | null;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}
interface Element {
  readonly children: HTMLCollectionOf<HTMLElement>;
  readonly nextElementSibling: HTMLElement | null;
  readonly previousElementSibling: HTMLElement | null;
  closest(selectors: string): HTMLElement | null;
}
interface HTMLElement {
  cloneNode(subtree?: boolean): this;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K] & { target: TargetOf<K> }) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
}
interface HTMLFormControlsCollection {
  assigned?: HTMLSelectElement;
  csrfmiddlewaretoken?: Field;
  version?: Field;
  namedItem(name: string): Field | null;
  [Symbol.iterator](): ArrayIterator<Field>;
}
interface Document {
  readonly activeElement: HTMLElement | null;
  addEventListener<K extends keyof DocumentEventMap>(
    type: K,
    listener: (event: DocumentEventMap[K] & { target: TargetOf<K> }) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
}
