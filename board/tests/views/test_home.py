"""GET /"""

from datetime import timedelta

import pytest
from django.utils import timezone

from board import actions
from board.models import Sprint, Status
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ending(user):
    """Add a sprint that ends so many days from today, which may be negative."""

    def make(days, **fields):
        end = timezone.localdate() + timedelta(days=days)
        later = timezone.localdate() + timedelta(days=1000 + days)
        sprint = actions.add_sprint(user, end=later, **{"name": f"Ends {days}", **fields})
        Sprint.objects.filter(pk=sprint.pk).update(end=end)
        sprint.refresh_from_db()
        return sprint

    return make


def sprint_names(response):
    return Page(response).texts("strong")


def test_current_sprints_are_ordered_by_end(browser, ending):
    for days in (20, -3, 5, 0):
        ending(days)
    assert sprint_names(browser.get("/")) == ["Ends -3", "Ends 0", "Ends 5", "Ends 20"]


def test_a_sprint_is_current_until_it_ended_seven_days_ago(browser, ending):
    for days in (-6, -7, -8):
        ending(days)
    assert sprint_names(browser.get("/")) == ["Ends -6"]


def test_a_sprint_links_to_its_board(browser, sprint):
    assert Page(browser.get("/")).one("ul", class_="sprints").all("a")[0]["href"] == f"/sprints/{sprint.pk}/"


def test_a_sprint_shows_its_goal_end_and_progress(browser, user, sprint, add):
    actions.change_sprint(user, sprint.pk, description="A boarding pass on every phone")
    add(sprint=sprint, status=Status.DONE)
    add(sprint=sprint, status=Status.ACTIVE)
    row = Page(browser.get("/")).one("ul", class_="sprints").one("li")
    assert "A boarding pass on every phone" in row.text
    assert "2 tasks" in row.text
    assert row.one("time")["datetime"] == sprint.end.isoformat()
    assert (row.one("progress")["value"], row.one("progress")["max"]) == ("1", "2")


def test_the_backlog_is_no_part_of_a_sprints_progress(browser, sprint, add):
    add()
    page = Page(browser.get("/"))
    assert "No tasks yet" in page.text
    assert "0 of 0" not in page.text


def test_what_runs_comes_first_then_what_waits_and_then_what_is_planned(browser, user, ending):
    planned, ended, running, closed = (ending(days) for days in (20, -3, 5, 9))
    actions.start_sprint(user, running.pk)
    actions.close_sprint(user, actions.start_sprint(user, closed.pk).pk, outcome="met")
    page = Page(browser.get("/"))
    assert page.texts("h2") == ["Running", "Waiting to be closed", "Planned"]
    assert page.texts("strong") == ["Ends 5", "Ends -3", "Ends 20"]
    assert page.one("a", class_="button primary")["href"] == f"/sprints/{ended.pk}/close/"
    assert page.one("form", action=f"/sprints/{planned.pk}/start/").texts("button") == ["Start sprint"]


def test_a_running_sprint_shows_what_is_done_in_tasks_and_points(browser, user, sprint, add):
    add(sprint=sprint, status=Status.DONE, points=3)
    add(sprint=sprint, points=5)
    actions.start_sprint(user, sprint.pk)
    assert "1 of 2 done, 3 of 8 points" in Page(browser.get("/")).one("span", class_="facts").text


def test_a_planned_sprint_stands_beside_the_velocity(browser, user, sprint, next_sprint, add):
    add(sprint=sprint, status=Status.DONE, points=8)
    actions.close_sprint(user, actions.start_sprint(user, sprint.pk).pk, outcome="met")
    add(sprint=next_sprint, points=5)
    facts = Page(browser.get("/")).one("span", class_="facts").text
    assert "1 task, 5 points · velocity 8 points" in facts


@pytest.mark.parametrize(("days", "word"), [(-1, "Ended"), (0, "Ends"), (1, "Ends")])
def test_a_sprint_shows_whether_it_has_ended(browser, ending, days, word):
    ending(days)
    assert Page(browser.get("/")).one("span", class_="facts").text.split()[0] == word


def test_a_sprint_without_a_name_is_called_by_its_end(browser, ending):
    sprint = ending(5, name="")
    assert sprint_names(browser.get("/")) == [f"Sprint ending {sprint.end:%d %B %Y}"]


def test_without_sprints_the_page_offers_to_add_one(browser):
    page = Page(browser.get("/"))
    assert "No sprint is running" in page.text
    assert "Add sprint" in page.buttons


def test_add_sprint_opens_in_place_and_also_without_javascript(browser):
    form = Page(browser.get("/")).one("form", hx_target="#add-sprint")
    assert form["action"] == form["hx-get"] == "/sprints/add/"
    assert form.texts("button") == ["Add sprint"]


def test_the_navigation_shows_the_logged_in_user(browser):
    page = Page(browser.get("/"))
    assert "Ana Lind" in page.one("header").text
    assert "Log out" in page.buttons
    assert "Log in" not in page.text


def test_the_number_of_queries_does_not_grow_with_the_sprints(browser, ending, django_assert_max_num_queries):
    for days in range(1, 30):
        ending(days)
    # Session, person with profile, sprints, and the velocity beside planned sprints.
    with django_assert_max_num_queries(5):
        browser.get("/")


@pytest.mark.parametrize("path", ["/", "/sprints/past/", "/sprints/{}/", "/tasks/{}/", "/healthz"])
def test_every_readable_page_accepts_head(browser, sprint, add, path):
    task = add(sprint=sprint)
    response = browser.head(path.format(task.pk if "task" in path else sprint.pk))
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path", ["/", "/sprints/past/", "/sprints/{}/", "/tasks/{}/"])
def test_a_read_only_page_rejects_post(browser, sprint, add, path):
    task = add(sprint=sprint)
    assert browser.post(path.format(task.pk if "task" in path else sprint.pk)).status_code == 405
