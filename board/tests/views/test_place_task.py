"""POST /tasks/<id>/place/, for dragged cards"""

import pytest
from django.utils import timezone

from board import actions
from board.models import Column, Event, Status, Task
from board.tests.html_page import HTMX, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(browser):
    def place_task(task, sprint=None, column="todo", headers=HTMX, **where):
        data = {"sprint": sprint.pk if sprint else "", "column": column, **where}
        return browser.post(f"/tasks/{task.pk}/place/", data, headers=headers)

    return place_task


def names(sprint, status=Status.TODO):
    return list(Task.objects.in_column(sprint and sprint.pk, status).values_list("name", flat=True))


def test_the_response_is_the_current_card(place, user, sprint, add):
    task = add("Draw")
    response = place(task, sprint, "active")
    task.refresh_from_db()
    card = Page(response).one("li", data_task=str(task.pk))
    assert response.status_code == 200
    assert (card["data-in"], card["data-version"], card["data-order"]) == (
        "active",
        str(task.version),
        str(task.order),
    )
    assert Event.objects.latest("seq").actor == user


@pytest.mark.parametrize("column", [column for column in Column if column is not Column.BACKLOG])
def test_a_card_can_be_moved_to_each_column(place, sprint, add, column):
    task = add()
    place(task, sprint, column.value)
    task.refresh_from_db()
    assert (task.sprint, task.column) == (sprint, column)


def test_the_backlog_is_the_same_on_every_board(place, sprint, next_sprint, add):
    task = add(sprint=next_sprint, status=Status.TESTING)
    place(task, sprint, "backlog")
    task.refresh_from_db()
    assert (task.sprint, task.status, task.started) == (None, Status.TODO, None)


def test_entering_work_and_finishing_are_dated(place, sprint, add):
    task = add()
    place(task, sprint, "done")
    task.refresh_from_db()
    assert (task.started, task.completed) == (timezone.localdate(), timezone.localdate())


@pytest.mark.parametrize(
    ("where", "order"),
    [({"after": "a"}, "acb"), ({"before": "a"}, "cab"), ({"after": "a", "before": "b"}, "acb"), ({}, "abc")],
)
def test_a_card_is_placed_beside_its_target(place, sprint, add, where, order):
    tasks = {name: add(name, sprint) for name in "abc"}
    place(tasks["c"], sprint, "todo", **{side: tasks[name].pk for side, name in where.items()})
    assert "".join(names(sprint)) == order


@pytest.mark.parametrize("gone", [99, 10**30, -1])
def test_without_its_target_a_card_is_placed_at_the_end(place, sprint, add, gone):
    a, _ = add("a", sprint), add("b", sprint)
    assert place(a, sprint, "todo", after=gone, before=gone).status_code == 200
    assert names(sprint) == ["b", "a"]


def test_moving_to_the_same_place_writes_nothing(place, sprint, add):
    a, b = add("a", sprint), add("b", sprint)
    events = Event.objects.count()
    page = Page(place(b, sprint, "todo", after=a.pk))
    assert page.one("li", data_task=True)["data-version"] == str(b.version)
    assert Event.objects.count() == events


def test_without_htmx_it_redirects_to_the_board(place, sprint, add):
    response = place(add(), sprint, headers={})
    assert (response.status_code, response["Location"]) == (302, f"/sprints/{sprint.pk}/")


def test_an_invalid_move_shows_an_error_and_changes_nothing(place, sprint, next_sprint, add):
    task = add(sprint=sprint, status=Status.DONE)
    response = place(task, next_sprint, "todo")
    assert response.status_code == 422
    assert (
        Page(response).one("p", class_="error-message").text == "Completed tasks can't be moved to another sprint."
    )
    task.refresh_from_db()
    assert (task.sprint, task.status) == (sprint, Status.DONE)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "This field is required."),
        ({"column": "attic"}, "Select a valid choice. attic is not one of the available choices."),
        ({"column": "active"}, "Every column except the backlog needs a sprint."),
        ({"column": "active", "sprint": 99}, "This sprint doesn't exist."),
        ({"column": "active", "sprint": 10**30}, "This sprint doesn't exist."),
        ({"column": "backlog", "after": "x"}, "Enter a whole number."),
    ],
)
def test_an_invalid_place_shows_an_error_and_changes_nothing(browser, sprint, add, data, reason):
    task = add(sprint=sprint)
    response = browser.post(f"/tasks/{task.pk}/place/", data, headers=HTMX)
    assert response.status_code == 422
    assert Page(response).text.startswith(reason)
    assert Event.objects.latest("seq").kind == "add"


def test_a_place_cannot_be_requested_with_get(browser, add):
    assert browser.get(f"/tasks/{add().pk}/place/").status_code == 405


def test_a_repeated_gesture_moves_once(browser, place, user, sprint, add):
    task = add(sprint=sprint)
    headers = {**HTMX, "Idempotency-Key": "one gesture"}
    place(task, sprint, "active", headers)
    actions.place_task(user, task.pk, actions.Place(sprint.pk, Status.DONE))
    response = place(task, sprint, "active", headers)
    assert Page(response).one("li", data_task=True)["data-in"] == "done"
    assert Event.objects.filter(task=task.pk).count() == 3


def test_a_refused_gesture_can_be_retried_with_its_key(place, user, sprint, next_sprint, add):
    task = add(sprint=sprint, status=Status.DONE)
    headers = {**HTMX, "Idempotency-Key": "one gesture"}
    assert place(task, next_sprint, "todo", headers).status_code == 422
    actions.change_task(user, task.pk, status=Status.ACTIVE)
    assert place(task, next_sprint, "todo", headers).status_code == 200
    task.refresh_from_db()
    assert task.sprint == next_sprint


def test_repeating_a_gesture_after_its_card_was_deleted_returns_404(place, user, sprint, add):
    task = add(sprint=sprint)
    headers = {**HTMX, "Idempotency-Key": "one gesture"}
    place(task, sprint, "active", headers)
    actions.remove_task(user, task.pk)
    assert place(task, sprint, "active", headers).status_code == 404
