// @ts-check
// Who is on a board: avatars in the head of the page, and a list of all names that a button opens.

import { create, get } from "./dom.js";

const MAX_AVATARS = 5;
const MAX_AVATARS_ON_PHONES = 2;

/** @param {Pick<Page, "t">} page */
export function createPresence({ t }) {
  const avatars = get(document, ".people");
  const names = get(document, ".everybody");

  /**
   * Return the button after the avatars. It shows how many more people there are and opens the list of their names.
   * @param {number} total
   */
  function moreButton(total) {
    const item = create("li", { className: total > MAX_AVATARS ? "more" : "more few" });
    const button = create("button", { type: "button", title: t("everybody", { count: total }), popoverTargetElement: names });
    for (const [className, shown] of Object.entries({ "on-desks": MAX_AVATARS, "on-phones": MAX_AVATARS_ON_PHONES })) {
      button.append(create("span", { className, textContent: `+${total - shown}` }));
    }
    item.append(button);
    return item;
  }

  return {
    /** @param {Room} room */
    showPeople({ people, more }) {
      const items = people
        .slice(0, MAX_AVATARS)
        .map(({ name, initials, colour }) => create("li", { textContent: initials, title: name, className: `p${colour}` }));
      const total = people.length + more;
      if (total > MAX_AVATARS_ON_PHONES) items.push(moreButton(total));
      avatars.replaceChildren(...items);
      names.replaceChildren(...people.map(({ name }) => create("li", { textContent: name, dir: "auto" })));
      if (more) names.append(create("li", { textContent: t("morePeople", { count: more }) }));
    },
  };
}
