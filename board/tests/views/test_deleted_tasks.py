"""GET /tasks/deleted/ and POST /tasks/<id>/restore/"""

from datetime import timedelta

import pytest
from django.utils import timezone

from board import actions
from board.history import log
from board.models import Event, Sprint, Status, Task
from board.tests.html_page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(browser):
    def lines():
        return [line.text for line in Page(browser.get("/tasks/deleted/")).one("main").all("li")]

    return lines


@pytest.fixture
def restore(browser):
    def post(task):
        response = browser.post(f"/tasks/{task.pk}/restore/", follow=True)
        assert response.redirect_chain == [("/tasks/deleted/", 302)]
        return Page(response).one("div", class_="toast").one("p").text

    return post


def names(sprint, status=Status.TODO):
    return list(Task.objects.in_column(sprint and sprint.pk, status).values_list("name", flat=True))


def test_it_lists_deleted_tasks_newest_first(user, sprint, add, listed):
    tasks = [add("First", sprint, Status.ACTIVE), add("Second")]
    for task in tasks:
        actions.remove_task(user, task.pk)
    at = timezone.localtime(Event.objects.latest("seq").created_at)
    assert [line.split(". ")[0] for line in listed()] == [
        f"Second #{tasks[1].pk}, Backlog",
        f"First #{tasks[0].pk}, Sprint 1, In Development",
    ]
    assert f"Ana Lind deleted it {at:%a} {at.day} {at:%b, %H:%M}" in listed()[0]


def test_a_task_that_was_restored_or_deleted_long_ago_is_not_listed(user, add, listed):
    back, old, twice = add("Back"), add("Old"), add("Twice")
    for task in (back, old, twice):
        actions.remove_task(user, task.pk)
    actions.restore_task(user, back.pk)
    actions.restore_task(user, twice.pk)
    Event.objects.filter(task=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    actions.remove_task(user, twice.pk)
    assert [line.split(" #")[0] for line in listed()] == ["Twice"]


def test_without_deleted_tasks_it_shows_a_message(browser):
    assert "No deleted tasks" in Page(browser.get("/tasks/deleted/")).text


@pytest.mark.parametrize("path", ["/", "/sprints/past/"])
def test_home_and_past_sprints_link_to_it(browser, path):
    assert Page(browser.get(path)).all("a", href="/tasks/deleted/")


def test_a_restored_task_has_its_id_and_is_at_the_end_of_its_column(user, sprint, add, restore):
    task = add("Draw", sprint, Status.ACTIVE, description="With a pencil", assigned=user)
    actions.remove_task(user, task.pk)
    add("Later", sprint, Status.ACTIVE)
    assert restore(task) == "Restored “Draw” to In Development"
    assert names(sprint, Status.ACTIVE) == ["Later", "Draw"]
    again = Task.objects.get(pk=task.pk)
    assert (again.description, again.assigned, again.started) == ("With a pencil", user, task.started)
    event = Event.objects.latest("seq")
    assert (event.actor, event.kind, again.version) == (user, "add", event.seq)


@pytest.mark.parametrize("gone", [False, True], ids=["over", "deleted"])
def test_a_task_of_an_ended_or_deleted_sprint_is_restored_to_the_backlog(user, sprint, add, restore, gone):
    task = add("Draw", sprint, Status.DONE)
    actions.remove_task(user, task.pk)
    if gone:
        actions.remove_sprint(user, sprint.pk)
    else:
        Sprint.objects.filter(pk=sprint.pk).update(end=timezone.localdate() - timedelta(days=1))
    assert restore(task) == "Restored “Draw” to Backlog, because its sprint has ended"
    again = Task.objects.get(pk=task.pk)
    assert (again.sprint, again.status, again.started, again.completed) == (None, Status.TODO, None, None)


def test_after_30_days_it_is_refused(user, add, restore):
    task = add("Draw")
    event = actions.remove_task(user, task.pk)
    Event.objects.filter(pk=event.seq).update(created_at=timezone.now() - timedelta(days=30, minutes=1))
    assert restore(task) == "Couldn't restore the task. It was deleted more than 30 days ago."
    assert not Task.objects.exists()


@pytest.mark.parametrize("is_there", [True, False])
def test_an_existing_task_cannot_be_restored(browser, add, is_there):
    pk = add().pk if is_there else 99
    newest = log.newest_number()
    assert browser.post(f"/tasks/{pk}/restore/").status_code == 404
    assert log.newest_number() == newest
