"""Starting, closing and reopening a sprint: /sprints/<id>/start/, /close/ and /reopen/"""

import pytest

from board import actions
from board.history import log
from board.models import Sprint, SprintState, Status, Task
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(user, sprint):
    return actions.start_sprint(user, sprint.pk)


@pytest.fixture
def left(running, add):
    """Two tasks that are not done; a third one is."""
    add("Done", running, Status.DONE)
    return [add("First", running, points=3), add("Second", running, Status.TESTING)]


@pytest.fixture
def path(running):
    return f"/sprints/{running.pk}/close/"


def state_of(sprint):
    return Sprint.objects.get(pk=sprint.pk).state


def toasts(response):
    return Page(response).texts("div", class_="toast")


# Start


def test_the_question_before_a_start_shows_goal_and_sums(browser, user, sprint, add):
    actions.change_sprint(user, sprint.pk, goal="Tickets on phones")
    add(sprint=sprint, points=5)
    page = Page(browser.get(f"/sprints/{sprint.pk}/start/"))
    assert page.heading == "Start “Sprint 1”?"
    assert "Tickets on phones" in page.text
    assert "1 task, 5 points" in page.text
    assert "Start sprint" in page.buttons


def test_starting_a_sprint_leads_to_its_board_and_can_be_undone(browser, sprint):
    response = browser.post(f"/sprints/{sprint.pk}/start/", follow=True)
    assert response.redirect_chain == [(f"/sprints/{sprint.pk}/", 302)]
    assert toasts(response) == ["Started “Sprint 1”Undo"]
    assert state_of(sprint) == SprintState.RUNNING


def test_a_sprint_that_runs_is_not_started_again(browser, running):
    newest = log.newest_number()
    response = browser.post(f"/sprints/{running.pk}/start/", follow=True)
    assert len(toasts(response)) == 1
    assert "Undo" not in toasts(response)[0]
    assert log.newest_number() == newest


# Close


def test_the_page_offers_a_place_for_each_task_that_is_not_done(browser, path, left, next_sprint):
    page = Page(browser.get(path))
    assert page.heading == "Close Sprint 1"
    (first, second) = page.one("ul", class_="leftovers").all("select")
    assert first.texts("option") == second.texts("option") == ["To Sprint 2", "To the backlog", "Drop"]
    assert "Done 1" in page.texts("h2")


def test_without_another_sprint_tasks_go_to_the_backlog(browser, path, left):
    select = Page(browser.get(path)).one("ul", class_="leftovers").all("select")[0]
    assert select.all("option", selected=True)[0].text == "To the backlog"


def test_closing_leads_to_the_report_and_moves_each_task(browser, running, path, left, next_sprint):
    first, second = left
    choices = {f"task-{first.pk}": next_sprint.pk, f"task-{second.pk}": "dropped"}
    response = browser.post(path, {"outcome": "partly", "note": "Rain", **choices}, follow=True)
    assert response.redirect_chain == [(f"/sprints/{running.pk}/report/", 302)]
    assert toasts(response) == ["Closed “Sprint 1”Undo"]
    assert Task.objects.get(pk=first.pk).sprint == next_sprint
    assert not Task.objects.filter(pk=second.pk).exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_without_an_outcome_nothing_is_closed_and_the_choices_stay(browser, running, path, left, headers):
    newest = log.newest_number()
    data = {"note": "Rain", f"task-{left[0].pk}": "dropped", f"task-{left[1].pk}": "backlog"}
    response = browser.post(path, data, headers=headers)
    page = Page(response)
    assert (response.status_code, page.is_whole) == (422, not headers)
    assert "Choose whether the goal was met." in page.text
    assert page.value("Note") == "Rain"
    chosen = [
        select.one("option", selected=True).text for select in page.one("ul", class_="leftovers").all("select")
    ]
    assert chosen == ["Drop", "To the backlog"]
    assert log.newest_number() == newest


def test_a_sprint_that_closed_meanwhile_is_refused_at_its_task(browser, user, path, left, next_sprint):
    data = {"outcome": "met", f"task-{left[0].pk}": next_sprint.pk, f"task-{left[1].pk}": "backlog"}
    actions.close_sprint(user, actions.start_sprint(user, next_sprint.pk).pk, outcome="met")
    page = Page(browser.post(path, data))
    assert [li.texts("span", class_="error") for li in page.one("ul", class_="leftovers").all("li")] == [
        ["This sprint is no longer open. Choose another one."],
        [],
    ]


def test_a_task_added_meanwhile_is_asked_for(browser, path, left, add, running):
    data = {"outcome": "met", **{f"task-{task.pk}": "backlog" for task in left}}
    add("Came late", running)
    response = browser.post(path, data)
    assert response.status_code == 422
    assert "Came late" in Page(response).text


def test_several_tasks_are_set_at_once(browser, path, left, next_sprint):
    data = {"outcome": "met", "note": "Rain", "set": "1", "to": "dropped", "selected": [left[1].pk]}
    data |= {f"task-{task.pk}": next_sprint.pk for task in left}
    page = Page(browser.post(path, data))
    chosen = [
        select.one("option", selected=True).text for select in page.one("ul", class_="leftovers").all("select")
    ]
    assert chosen == ["To Sprint 2", "Drop"]
    assert page.value("Note") == "Rain"
    assert page.all("input", checked=True, type="radio")[0]["value"] == "met"


def test_a_closed_sprint_leads_to_its_report(browser, user, running, path):
    actions.close_sprint(user, running.pk, outcome="met")
    assert browser.get(path)["Location"] == f"/sprints/{running.pk}/report/"
    assert browser.post(path, {"outcome": "met"})["Location"] == f"/sprints/{running.pk}/report/"


def test_the_number_of_queries_does_not_grow_with_the_tasks(
    browser, path, left, running, add, django_assert_num_queries
):
    browser.get(path)
    for number in range(20):
        add(f"Task {number}", running)
    with django_assert_num_queries(6):
        browser.get(path)


# The board of a closed sprint


def test_the_board_of_a_closed_sprint_says_why_nobody_can_change_it(browser, user, running):
    actions.close_sprint(user, running.pk, outcome="met")
    page = Page(browser.get(f"/sprints/{running.pk}/"))
    assert page.one("body").has_attr("data-reads")
    assert "This sprint is closed. Reopen it to change its tasks." in page.one("div", class_="board-head").text


def test_a_tasks_page_in_a_closed_sprint_has_no_buttons_that_do_not_work(browser, user, running, add):
    task = add(sprint=running, status=Status.DONE)
    actions.close_sprint(user, running.pk, outcome="met")
    main = Page(browser.get(f"/tasks/{task.pk}/")).one("div", id="panel-main")
    assert "Sprint 1 is closed. Reopen it to change its tasks." in main.text
    assert main.all("a", class_="button") == []


def test_an_edit_of_a_task_in_a_closed_sprint_says_why_not(browser, user, running, add):
    task = add(sprint=running, status=Status.DONE)
    actions.close_sprint(user, running.pk, outcome="met")
    response = browser.post(f"/tasks/{task.pk}/edit/", {"name": "Other"})
    assert response.status_code == 422
    assert "Sprint 1 is closed. Reopen it to change its tasks." in Page(response).text


# Reopen


def test_reopening_puts_everything_back(browser, user, running, left, next_sprint):
    actions.close_sprint(user, running.pk, outcome="met", others=next_sprint.pk)
    response = browser.post(f"/sprints/{running.pk}/reopen/", follow=True)
    assert response.redirect_chain == [(f"/sprints/{running.pk}/", 302)]
    assert {task.sprint_id for task in Task.objects.filter(pk__in=[task.pk for task in left])} == {running.pk}


def test_reopening_says_which_tasks_stay_where_they_are(browser, user, running, left, next_sprint):
    actions.close_sprint(user, running.pk, outcome="met", others=next_sprint.pk)
    actions.place_task(user, left[0].pk, actions.Place(next_sprint.pk, Status.DONE))
    response = browser.post(f"/sprints/{running.pk}/reopen/", follow=True)
    assert "“First” stays where it is. You have since changed it." in toasts(response)


def test_a_sprint_that_is_not_closed_is_not_reopened(browser, running):
    response = browser.post(f"/sprints/{running.pk}/reopen/", follow=True)
    assert toasts(response) == ["Sprint 1 is not closed."]


@pytest.mark.parametrize("step", ["start", "close", "reopen", "report"])
def test_an_unknown_sprint_is_not_found(browser, step):
    response = browser.post(f"/sprints/99/{step}/") if step == "reopen" else browser.get(f"/sprints/99/{step}/")
    assert response.status_code == 404
