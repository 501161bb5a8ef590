"""GET /sprints/<id>/report/"""

from datetime import timedelta

import pytest
from django.utils import timezone

from board import actions
from board.models import Sprint, Status
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(user, sprint, add):
    """A sprint that started with two tasks; a third one came later."""
    add("First", sprint, points=3)
    add("Second", sprint, points=5)
    sprint = actions.start_sprint(user, sprint.pk)
    actions.change_sprint(user, sprint.pk, goal="Tickets on phones")
    add("Later", sprint, points=2)
    return Sprint.objects.get(pk=sprint.pk)


def report(browser, sprint, query=""):
    return Page(browser.get(f"/sprints/{sprint.pk}/report/{query}"))


def sums(page):
    """Return {title: numbers}."""
    return {row.one("dt").text: row.one("dd").text for row in page.one("dl", class_="sums").all("div")}


def test_while_the_sprint_runs_the_report_says_where_it_stands(browser, user, running):
    page = report(browser, running)
    assert page.heading == "Report on Sprint 1"
    assert "Tickets on phones" in page.text
    assert "The sprint is running. This is where it stands." in page.text
    assert sums(page) == {
        "Committed": "2 tasks8 points",
        "Added": "1 task2 points",
        "Removed": "0 tasks",
        "Done": "0 tasks",
        "Not done": "3 tasks10 points",
    }


def test_a_change_of_the_scope_says_who_and_how_much(browser, running):
    (line,) = report(browser, running).one("ul", class_="scope-changes").all("li")
    assert line.one("span").text == "Ana Lind added “Later” +2"


def test_the_chart_says_where_the_scope_changed_and_by_whom(browser, running):
    page = report(browser, running)
    assert page.one("text", class_="change").text == "+2"
    (day,) = page.all("g", class_="day")
    assert day["aria-label"].endswith("10 left of 10 (+2 by Ana Lind)")
    assert page.one("tbody").all("tr")[0].texts("td")[-1] == "+2 by Ana Lind"


def test_the_report_of_a_closed_sprint_has_its_outcome_and_where_tasks_went(
    browser, user, running, next_sprint, add
):
    done = add("Done", running, Status.DONE)
    actions.close_sprint(user, running.pk, outcome="partly", note="Two days of rain", others=next_sprint.pk)
    page = report(browser, running)
    assert "The goal was partly met." in page.text
    assert "Two days of rain" in page.text
    assert sums(page)["Carried over"] == "3 tasks10 points"
    assert f"#{done.pk} Done" in page.text
    assert "Later 2 to Sprint 2" in page.text
    assert "Reopen sprint" in page.buttons


def test_the_chart_reads_the_same_numbers_as_its_table(browser, running):
    page = report(browser, running, "?unit=tasks")
    (day,) = page.all("g", class_="day")
    assert day["aria-label"].endswith(": 3 left of 3 (+1 by Ana Lind)")
    row = page.one("tbody").all("tr")[0]
    assert row.texts("td")[:2] == ["3", "3"]
    assert len(page.one("tbody").all("tr")) == 8


def test_points_are_shown_if_most_tasks_have_them_and_tasks_when_asked_for(browser, running):
    assert "Burndown in points" in report(browser, running).texts("h2")
    assert "Burndown in tasks" in report(browser, running, "?unit=tasks").texts("h2")
    assert "Burndown in points" in report(browser, running, "?unit=apples").texts("h2")


def test_a_chart_in_german_has_numbers_that_svg_can_read(browser, running):
    chart = browser.get(f"/sprints/{running.pk}/report/", headers={"Accept-Language": "de"}).content.decode()
    plot = chart[chart.index('<svg class="chart"') : chart.index("</main>")]
    assert ',5%"' not in plot
    assert '%"' in plot


def test_a_closed_report_stays_as_it_is_whatever_happens_later(browser, user, running, next_sprint, add):
    actions.close_sprint(user, running.pk, outcome="met", others=next_sprint.pk)
    before = report(browser, running).one("main").text
    for task in next_sprint.task_set.all():
        actions.change_task(user, task.pk, name="Other", points=13)
        actions.remove_task(user, task.pk)
    user.first_name = "Bea"
    user.save()
    assert report(browser, running).one("main").text == before


def test_the_velocity_shows_the_closed_sprints(browser, user, running, add):
    add(sprint=running, status=Status.DONE, points=13)
    actions.close_sprint(user, running.pk, outcome="met", others="backlog")
    panel = report(browser, running).one("section", class_="panel velocity")
    assert "velocity 13 points" in panel.text
    assert panel.one("meter")["value"] == "13"


def test_the_number_of_queries_is_constant(browser, user, running, add, django_assert_num_queries):
    for number in range(30):
        add(f"Task {number}", running, Status.DONE, points=1)
    # Session and person, the sprint, its events, the people who changed the scope, and the velocity.
    with django_assert_num_queries(7):
        report(browser, running)


def test_a_sprint_without_tasks_has_a_report(browser, sprint):
    assert sums(report(browser, sprint))["Committed"] == "0 tasks"


def test_a_sprint_of_one_day_has_a_report(browser, user):
    today = timezone.localdate()
    sprint = actions.add_sprint(user, start=today, end=today)
    assert len(report(browser, sprint).one("tbody").all("tr")) == 1


def test_a_sprint_planned_for_next_year_has_a_report(browser, user):
    start = timezone.localdate() + timedelta(days=400)
    sprint = actions.add_sprint(user, start=start, end=start + timedelta(days=13))
    assert "The sprint has not started." in report(browser, sprint).text
