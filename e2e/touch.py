"""Fingers on the board of a phone."""

from playwright.sync_api import expect


class Finger:
    """Fingers on a page; each touch is a list of points [(x, y), …]."""

    def __init__(self, page):
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def touch(self, kind, *points):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def down(self, *points):
        self.touch("touchStart", *points)

    def move(self, start, end, steps=8):
        for step in range(1, steps + 1):
            part = step / steps
            self.touch("touchMove", tuple(a + (b - a) * part for a, b in zip(start, end, strict=True)))

    def up(self):
        self.touch("touchEnd")

    def swipe(self, start, across=0, down=0):
        """Scroll: a finger that does not rest before it moves."""
        self.down(start)
        self.move(start, (start[0] + across, start[1] + down), steps=20)
        self.up()


def show(person, column):
    person.page.locator(f'.tabs a[href="#{column}"]').click()
    expect(person.column(column)).to_be_in_viewport(ratio=0.9)


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
