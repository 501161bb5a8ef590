"""GET and POST /sprints/<id>/away/"""

import json
from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from board import actions
from board.accounts import actions as account_actions
from board.accounts.users import Role
from board.actions import Place
from board.history import entries, log
from board.models import LastSeen, Profile, Status
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def ben(django_user_model):
    return django_user_model.objects.create_user("ben", first_name="Ben")


@pytest.fixture
def leave(user):
    """See a board as it is, and leave it some time ago."""

    def see_and_leave(board, ago=HOUR):
        actions.catch_up(actions.Look(user.pk, board, log.newest_number(), timezone.now() - ago))

    return see_and_leave


@pytest.fixture
def come_back(browser, sprint):
    """Return the strip of a board, by default the sprint's, or None if there is none."""

    def look(path=f"/sprints/{sprint.pk}/"):
        response = browser.get(f"{path}away/", headers=HTMX)
        return None if response.status_code == 204 else Page(response)

    return look


def marks(strip):
    return json.loads(strip.one("section")["data-marks"])


def test_a_first_look_has_nothing_to_catch_up_with(come_back, ben, sprint):
    actions.change_sprint(ben, sprint.pk, goal="x")
    assert come_back() is None


def test_after_an_hour_the_strip_counts_and_lists_what_others_did(leave, come_back, user, ben, sprint, add):
    task, other = add("Draw", sprint), add("Paint", sprint)
    leave(sprint.pk)
    actions.place_task(ben, task.pk, Place(sprint.pk, Status.DONE))
    actions.add_comment(ben, other.pk, "Looks good")
    actions.change_task(user, other.pk, points=3)
    strip = come_back()
    assert strip.one("summary").text.startswith("2 changes since ")
    assert [line.one("p").text for line in strip.one("ol").all("li")] == [
        "Ben commented on “Paint”",
        "Ben moved “Draw” from Not Started to Completed",
    ]
    assert strip.one("blockquote").text == "Looks good"
    assert strip.all("a")[-1]["href"] == f"/sprints/{sprint.pk}/activity/"


def test_after_less_than_an_hour_or_without_others_changes_there_is_none(leave, come_back, user, ben, sprint):
    leave(sprint.pk, HOUR - timedelta(seconds=5))
    actions.change_sprint(ben, sprint.pk, goal="x")
    assert come_back() is None
    leave(sprint.pk)
    actions.change_sprint(user, sprint.pk, goal="y")
    assert come_back() is None


def test_it_is_there_until_it_is_dismissed(leave, come_back, browser, ben, sprint):
    leave(sprint.pk)
    actions.change_sprint(ben, sprint.pk, goal="x")
    assert come_back() is not None
    # As the page does while it is shown.
    actions.record_looks([actions.Look(LastSeen.objects.get().person_id, sprint.pk, 2, timezone.now())])
    values = json.loads(come_back().one("button")["hx-vals"])
    assert browser.post(f"/sprints/{sprint.pk}/away/", values).content == b""
    assert come_back() is None
    leave(sprint.pk)
    assert come_back() is None


def test_cards_have_marks(leave, come_back, ben, sprint, next_sprint, add):
    moved, back, pulled, pushed, came, edited, said, gone = (
        add(name, place, status).pk
        for name, place, status in [
            ("moved", sprint, Status.ACTIVE),
            ("back", sprint, Status.ACTIVE),
            ("pulled", None, Status.TODO),
            ("pushed", sprint, Status.TESTING),
            ("came", next_sprint, Status.TODO),
            ("edited", sprint, Status.TODO),
            ("said", sprint, Status.TODO),
            ("gone", sprint, Status.TODO),
        ]
    )
    leave(sprint.pk)
    actions.place_task(ben, moved, Place(sprint.pk, Status.TESTING))
    actions.place_task(ben, moved, Place(sprint.pk, Status.DONE))
    actions.place_task(ben, back, Place(sprint.pk, Status.DONE))
    actions.place_task(ben, back, Place(sprint.pk, Status.ACTIVE))
    actions.place_task(ben, pulled, Place(sprint.pk, Status.TODO))
    actions.place_task(ben, pushed, Place(None, Status.TODO))
    actions.place_task(ben, came, Place(sprint.pk, Status.TODO))
    actions.change_task(ben, edited, points=3)
    actions.add_comment(ben, said, "Yes")
    actions.place_task(ben, gone, Place(next_sprint.pk, Status.TODO))
    new = actions.add_task(ben, name="new", sprint_id=sprint.pk)
    assert marks(come_back()) == {
        str(moved): "from In Development",
        str(back): "changed",
        str(pulled): "from Backlog",
        str(pushed): "from In Testing",
        str(came): "from Sprint 2",
        str(edited): "changed",
        str(said): "new comment",
        str(new.pk): "new",
    }


def test_the_backlog_has_a_strip_about_what_came_into_it_and_left_it(leave, come_back, browser, ben, sprint, add):
    left, came, other = add("left"), add("came", sprint), add("other", sprint)
    leave(0)
    actions.place_task(ben, left.pk, Place(sprint.pk, Status.TODO))
    actions.place_task(ben, came.pk, Place(None, Status.TODO))
    actions.change_task(ben, other.pk, points=3)
    strip = come_back("/backlog/")
    assert strip.one("summary").text.startswith("2 changes")
    assert marks(strip) == {str(came.pk): "from Sprint 1"}
    assert strip.all("a")[-1]["href"] == "/activity/"
    browser.post("/backlog/away/", json.loads(strip.one("button")["hx-vals"]))
    assert come_back("/backlog/") is None


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ("2026-11-28 06:05", "1 change since 06:05"),
        ("2026-11-27 17:05", "1 change since yesterday 17:05"),
        ("2026-11-26 17:05", "1 change since Thu 26 Nov, 17:05"),
        ("2025-11-26 17:05", "1 change since Wed 26 Nov 2025, 17:05"),
    ],
)
def test_it_says_since_when_in_the_readers_words_and_time_zone(come_back, user, ben, sprint, left, words):
    tokyo = ZoneInfo("Asia/Tokyo")
    Profile.objects.create(user=user, time_zone="Asia/Tokyo")
    at = datetime.fromisoformat(left).replace(tzinfo=tokyo)
    actions.catch_up(actions.Look(user.pk, sprint.pk, log.newest_number(), at))
    actions.change_sprint(ben, sprint.pk, goal="x")
    with mock.patch("django.utils.timezone.now", return_value=datetime(2026, 11, 28, 8, tzinfo=tokyo)):
        assert come_back().one("summary").text == words


def test_the_list_ends_after_a_page_and_the_number_does_not(leave, come_back, ben, sprint, add, monkeypatch):
    monkeypatch.setattr(entries.cut, "__defaults__", (2,))
    tasks = [add(name, sprint) for name in "abc"]
    leave(sprint.pk)
    for task in tasks:
        actions.change_task(ben, task.pk, points=3)
    strip = come_back()
    assert strip.one("summary").text.startswith("3 changes")
    assert len(strip.one("ol").all("li")) == 2


def test_viewers_have_it_and_dismiss_it(leave, come_back, browser, user, ben, sprint):
    account_actions.set_role(None, user, Role.VIEWER)
    leave(sprint.pk)
    actions.change_sprint(ben, sprint.pk, goal="x")
    assert (
        browser.post(f"/sprints/{sprint.pk}/away/", json.loads(come_back().one("button")["hx-vals"])).status_code
        == 200
    )
    assert come_back() is None


@pytest.mark.parametrize("seq", ["", "x", "-1", str(2**63)])
def test_a_number_that_means_nothing_is_refused(browser, sprint, seq):
    assert browser.post(f"/sprints/{sprint.pk}/away/", {"seq": seq}).status_code == 400


def test_a_board_asks_for_it_when_it_loads(browser, sprint):
    for path in (f"/sprints/{sprint.pk}/", "/backlog/"):
        place = Page(browser.get(path)).one(id="away")
        assert (place["hx-get"], place["hx-trigger"]) == (f"{path}away/", "load, away")


def test_the_number_of_queries_is_small_and_does_not_grow(
    leave, come_back, ben, sprint, next_sprint, add, django_assert_num_queries
):
    leave(sprint.pk, timedelta(0))
    # Session, person, the last look.
    with django_assert_num_queries(3):
        come_back()
    leave(sprint.pk)
    for number in range(3):
        actions.change_sprint(ben, sprint.pk, goal=str(number))
        task, other = add("Draw", sprint), add("Paint", next_sprint)
        actions.change_task(ben, task.pk, assigned=ben)
        actions.place_task(ben, other.pk, Place(sprint.pk, Status.TODO))
        actions.add_comment(ben, task.pk, "Yes")
        actions.remove_comment(ben, actions.add_comment(ben, task.pk, "No").pk)
        gone = add("Gone", sprint)
        actions.place_task(ben, gone.pk, Place(next_sprint.pk, Status.TODO))
        actions.remove_task(ben, gone.pk)
        # Besides these three: the newest number, two counts, the activity (10 and one for a second index), the marks (4).
        with django_assert_num_queries(20):
            come_back()
