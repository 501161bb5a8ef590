"""Dates of another year are shown with their year."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from board import actions
from board.models import Event, Status
from board.tests.html_page import Page
from board.text import dates

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def today(monkeypatch):
    """It is the last day of 2026 in Berlin, and in London still an hour from the next year."""
    now = datetime(2026, 12, 31, 23, 30, tzinfo=BERLIN)
    monkeypatch.setattr(timezone, "now", lambda: now)
    with timezone.override(BERLIN):
        yield now


@pytest.mark.parametrize(
    ("language", "value", "style", "text"),
    [
        ("en", date(2026, 11, 27), "DAY", "Fri 27 Nov"),
        ("en", date(2027, 1, 1), "DAY", "Fri 1 Jan 2027"),
        ("de", date(2026, 11, 27), "DAY", "Fr, 27. Nov."),
        ("de", date(2025, 11, 27), "DAY", "Do, 27. Nov. 2025"),
        ("en", datetime(2026, 12, 31, 22, 59, tzinfo=ZoneInfo("UTC")), "LATELY", "Thu 31 Dec, 23:59"),
        ("en", datetime(2026, 12, 31, 23, 0, tzinfo=ZoneInfo("UTC")), "LATELY", "Fri 1 Jan 2027, 00:00"),
        ("de", datetime(2027, 1, 2, 7, 5, tzinfo=BERLIN), "SOON", "2. Jan. 2027, 07:05"),
        ("en", datetime(2027, 1, 2, 7, 5, 9, tzinfo=BERLIN), "SOON_TO_THE_SECOND", "2 Jan 2027, 07:05:09"),
    ],
)
def test_the_year_is_shown_if_it_differs(today, language, value, style, text):
    with translation.override(language):
        assert dates.format_date(value, style) == text


def test_a_moment_of_another_day_is_more_than_a_time(today):
    assert dates.format_time(today - timedelta(hours=1)) == "22:30"
    assert dates.format_time(today - timedelta(days=1)) == "Wed 30 Dec, 23:30"
    assert dates.format_time(today - timedelta(days=365)) == "Wed 31 Dec 2025, 23:30"


@pytest.mark.parametrize("status", [Status.TODO, Status.DONE])
def test_a_card_due_in_another_year_shows_the_year(sprint, add, status):
    due = timezone.localdate() + timedelta(days=400)
    assert add("Draw", sprint, status, due=due).due_text.endswith(f" {due.year}")


def test_pages_show_the_year_of_sprints_and_events(browser, user, add):
    end = timezone.localdate() + timedelta(days=400)
    sprint = actions.add_sprint(user, name="Next year", end=end)
    task, gone = add("Draw", sprint), add("Paint", sprint)
    actions.remove_task(user, gone.pk)
    before = timezone.now() - timedelta(days=400)
    Event.objects.filter(task=task.pk).update(created_at=before)
    assert str(end.year) in Page(browser.get(f"/sprints/{sprint.pk}/")).one("time", datetime=end.isoformat()).text
    assert str(end.year) in Page(browser.get("/")).one("time", datetime=end.isoformat()).text
    (line,) = Page(browser.get(f"/tasks/{task.pk}/")).one("section", class_="stream").all("time")
    assert str(before.year) in line.text
    (line,) = Page(browser.get("/tasks/deleted/")).all("time")
    assert str(timezone.localdate().year) not in line.text
