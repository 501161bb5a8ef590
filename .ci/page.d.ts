// What the type checker has to know about the pages beside the browser's own types.

interface HtmxDetail {
  elt: HTMLElement;
  target: HTMLElement;
  xhr: XMLHttpRequest;
  headers: Record<string, string>;
  requestConfig: { verb: string; headers: Record<string, string> };
  shouldSwap: boolean;
}

declare const htmx: {
  ajax(verb: string, address: string, options: object): Promise<void>;
  process(element: Element): void;
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

/** A control of a form: an input, a textarea or a select. */
type Field = HTMLInputElement & { options?: HTMLOptionsCollection };
type ElementEvent<E extends Event = Event> = E & { target: HTMLElement };
type FieldEvent = Event & { target: Field };

// The pages are HTML, and so is what is found in them.
interface ParentNode {
  querySelector(selectors: string): HTMLElement | null;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}
interface Element {
  closest(selectors: string): HTMLElement | null;
}
