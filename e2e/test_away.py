"""Whoever comes back to a board after an hour or more sees what others did in the meantime, until they dismiss it."""

import re
from datetime import UTC, datetime

from playwright.sync_api import expect

from .accessibility import SIZES, violations
from .api_client import api_of
from .board_page import set_hidden, unused_end_date

# Waits until the server has noted a look at a board after a moment, and moves it back.
PASS_TIME = """
from datetime import timedelta
from django.utils import timezone
from board.models import LastSeen
looks = LastSeen.objects.filter(person__username="guest", board={board}, at__gt="{since}")
while not looks.update(at=timezone.now() - timedelta(hours={hours})): pass
"""


def test_a_person_who_was_away_catches_up(someone, own_server):
    with api_of(own_server.url) as api:
        sprint = api.post("/sprints", json={"name": "A sprint", "end": unused_end_date().isoformat()}).json()["id"]
        first, second, third = (
            api.post("/tasks", json={"name": name, "sprint": sprint}).json()["id"] for name in "abc"
        )
        ben = someone("guest", own_server.url)
        ben.page.clock.install()
        ben.open_board(sprint).see("todo", ["a", "b", "c"])
        strip = ben.page.get_by_role("region", name="Since you were away")
        since = datetime.now(UTC)
        ben.go("/")
        own_server.manage("shell", "-c", PASS_TIME.format(board=sprint, since=since, hours=26))

        api.patch(f"/tasks/{first}", json={"status": 3}).raise_for_status()
        api.patch(f"/tasks/{second}", json={"points": 3}).raise_for_status()
        api.delete(f"/tasks/{third}").raise_for_status()
        ben.open_board(sprint)
        expect(strip.get_by_text("3 changes since")).to_be_visible()
        assert mark_of(ben, "a") == f"#{first} · from Not Started"
        assert mark_of(ben, "b") == f"#{second} · changed"
        ben.hear("3 changes since")
        ben.page.reload()
        strip.get_by_text("3 changes since").click()
        expect(strip.get_by_role("listitem")).to_have_text(
            [
                re.compile("deleted “c”"),
                re.compile("points of “b”"),
                re.compile("moved “a” from Not Started"),
            ]
        )
        assert violations(ben, "strip", "#away") == []
        ben.page.set_viewport_size(SIZES["phone"])
        assert ben.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        ben.page.set_viewport_size(SIZES["desktop"])

        # A live update replaces a card, and not its mark.
        api.patch(f"/tasks/{first}", json={"name": "A"}).raise_for_status()
        expect(ben.card("A")).to_be_visible()
        assert mark_of(ben, "A") == f"#{first} · from Not Started"
        ben.card("A").locator("> .name").focus()
        ben.page.keyboard.press("Escape")
        expect(strip).to_have_count(0)
        assert mark_of(ben, "A") == f"#{first}"
        with ben.page.expect_response(re.compile("/away/")) as answer:
            ben.page.reload()
        assert answer.value.status == 204

        # What happens while the tab is hidden has not been seen, though the tab shows it.
        ben.see_live()
        since = datetime.now(UTC)
        set_hidden(ben.page, True)
        own_server.manage("shell", "-c", PASS_TIME.format(board=sprint, since=since, hours=2))
        api.patch(f"/tasks/{second}", json={"name": "B"}).raise_for_status()
        expect(ben.card("B")).to_be_visible()
        expect(strip).to_have_count(0)
        ben.page.clock.fast_forward("02:00:00")
        set_hidden(ben.page, False)
        expect(strip.get_by_text("1 change since")).to_be_visible()


def mark_of(person, name):
    """Return what stands above the name of a card."""
    return person.card(name).evaluate('(card) => getComputedStyle(card, "::before").content.replace(/" "|"/g, "")')
