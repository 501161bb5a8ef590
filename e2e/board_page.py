"""The board as a person sees and uses it."""

import re
from datetime import date, timedelta
from itertools import count

from playwright.sync_api import expect

TITLES = {
    "backlog": "Backlog",
    "todo": "Not Started",
    "active": "In Development",
    "testing": "In Testing",
    "done": "Completed",
}
# What the console may say of requests in journeys that break something on purpose.
BREAKING = r"Response Status Error Code|Failed to load resource|htmx:(afterRequest|sendError|timeout)"
# One step, in which nothing can replace the card.
SHOW = "(card) => { card.scrollIntoView({ block: 'nearest', inline: 'nearest' }); return card.getBoundingClientRect().toJSON(); }"


# The demo's sprints end earlier.
DAYS = count(30)


def unused_end_date():
    """Return a date on which no sprint ends yet."""
    return date.today() + timedelta(days=next(DAYS))


def skip_end_dates(until):
    """Let the unused dates begin after this one."""
    while unused_end_date() < until:
        pass


class Person:
    """A person with a browser of their own. Its errors collect in `complaints`."""

    def __init__(self, page, base_url):
        self.page = page
        self.base_url = base_url
        self.complaints = []
        # What the console may say besides, in journeys that break something on purpose.
        self.expected = r"^$"
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message):
        # The browser reports each answer from 400 on as an error; whether one was right, the journeys say.
        expected = re.search(
            r"^(Failed to load resource: .* status of|Response Status Error Code) 4", message.text
        )
        lost = "WebSocket" in message.text or "net::ERR_" in message.text
        wanted = re.search(self.expected, message.text)
        if message.type in ("error", "warning") and not (expected or lost or wanted):
            self.complaints.append(message.text)

    # Getting there

    def go(self, path):
        self.page.goto(self.base_url + path)
        return self

    def log_in(self, username, password):
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("button", name="Log out")).to_be_visible()

    def open_board(self, sprint_id):
        self.go(f"/sprints/{sprint_id}/")
        return self.see_live()

    def open_demo_board(self):
        self.go("/").page.get_by_role("link", name="Sprint 13").click()
        return self.see_live()

    def see_live(self):
        expect(self.page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)
        return self

    # Looking

    def column(self, name):
        return self.page.locator(f'[data-column="{name}"]')

    def card(self, name):
        return self.page.locator("[data-task]", has=self.page.get_by_role("link", name=name, exact=True))

    def cards(self, column):
        """Return the locator of a column's card names, in visual order."""
        return self.column(column).locator(".cards > .card > .name")

    def see(self, column, names, timeout=5_000):
        """Expect exactly these cards in a column, in this order, and its count to say so."""
        expect(self.cards(column)).to_have_text(names, timeout=timeout)
        expect(self.column(column).locator("[data-count]")).to_have_text(str(len(names)))

    def hear(self, text):
        """Expect the live region to have said this lately."""
        expect(self.page.locator("#said p", has_text=text).last).to_be_attached()

    def focused(self):
        """Return the locator of the card that has the focus."""
        return self.page.locator("[data-task]:has(> .name:focus)")

    def board(self, html=""):
        """Return what stands on the board, or on a page of one: {column: [(task id, version)]} in visual order."""
        return self.page.evaluate(
            """(html) => {
                const page = html ? new DOMParser().parseFromString(html, "text/html") : document;
                return Object.fromEntries([...page.querySelectorAll("[data-column]")].map((column) => [
                    column.dataset.column,
                    [...column.querySelectorAll("[data-task]")].map(({ dataset }) => [dataset.task, dataset.version]),
                ]));
            }""",
            html,
        )

    # Acting

    def add_sprint(self, name, end=None):
        """Add a sprint from home and land on its board; returns its id."""
        self.go("/")
        self.page.get_by_role("button", name="Add sprint").click()
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("End date").fill((end or unused_end_date()).isoformat())
        self.page.get_by_label("Description").fill("What we want to reach")
        self.page.get_by_role("button", name="Create").click()
        expect(self.page.get_by_role("heading", name=name, level=1)).to_be_visible()
        return int(self.page.locator("[data-sprint]").get_attribute("data-sprint"))

    def edit(self, name):
        """Open the form of a card by its key; returns the form."""
        # In Firefox nothing is focused in a window behind another person's.
        self.page.bring_to_front()
        self.card(name).get_by_role("link", name=name, exact=True).press("e")
        form = self.page.get_by_role("form", name="Edit task")
        expect(form.get_by_label("Name")).to_be_focused()
        return form

    def add_task(self, name, description=""):
        add = self.page.get_by_role("button", name="Add task")
        form = self.page.get_by_role("form", name="Add task")
        if not form.is_visible():
            add.click()
        form.get_by_label("Name").fill(name)
        form.get_by_label("Description").fill(description)
        form.get_by_role("button", name="Create").click()
        expect(self.card(name)).to_be_visible()

    def drag(self, name, column, before=None):
        """Drag a card with the mouse into a column: before another card, or below its last one."""
        self.lift(name)
        self.carry(column, before)
        self.page.mouse.up()

    def lift(self, name):
        box = self._box(self.card(name))
        x, y = box["x"] + box["width"] / 2, box["y"] + 12
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 6, y + 6, steps=2)
        expect(self.page.locator(".slot")).to_be_visible()

    def carry(self, column, before=None):
        if before:
            box = self._box(self.card(before))
            point = box["x"] + box["width"] / 2, box["y"] + 4
            self.page.mouse.move(*point, steps=8)
            self.page.mouse.move(*point)
        else:
            self.page.mouse.move(*self._bottom(column), steps=8)
            # On the way the mark may have made the column longer.
            self.page.mouse.move(*self._bottom(column))

    def _box(self, card):
        """Scroll to a card and return its box, even if the server's card replaces it at that moment."""
        while not (box := card.evaluate(SHOW))["width"]:
            pass
        return box

    def _bottom(self, column):
        box = self.column(column).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] - 6


def set_hidden(page, is_hidden):
    """Let a page believe that its tab is hidden, or shown again."""
    page.evaluate(
        """(isHidden) => {
            Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )
