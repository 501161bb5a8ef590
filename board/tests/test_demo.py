"""The demo command."""

import io
import re
from itertools import pairwise

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from board import actions
from board.history import log
from board.history.report import report
from board.models import Column, Comment, Event, Notification, Sprint, Status, Task
from board.notify import making

from .html_page import Page

pytestmark = pytest.mark.django_db


# On an empty database, before it is filled for the others.


@pytest.mark.parametrize("options", [{}, {"if_empty": True}])
def test_with_an_existing_user_it_changes_nothing(user, django_user_model, options):
    if options:
        call_command("demo", **options)
    else:
        with pytest.raises(CommandError, match="The demo needs an empty database"):
            call_command("demo")
    assert list(django_user_model.objects.all()) == [user]
    assert not Event.objects.exists()


def test_where_a_sprint_was_once_it_changes_nothing(django_user_model):
    sprint = actions.add_sprint(None, end="2999-01-01")
    actions.remove_sprint(None, sprint.pk)
    call_command("demo", if_empty=True)
    assert not Sprint.objects.exists()
    assert not django_user_model.objects.exists()


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """Fill the database once for all tests that read it. Returns what the command printed."""
    printed = io.StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", if_empty=True, stdout=printed)
        yield printed.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def demo(filled, db):
    return filled


def test_it_prints_how_to_log_in(demo):
    assert "demo / demo and guest / guest" in demo


@pytest.mark.parametrize("name", ["demo", "guest"])
def test_demo_and_guest_log_in_with_their_names(demo, name):
    assert authenticate(username=name, password=name).username == name


def test_demo_and_guest_have_some_notifications_of_the_last_days(demo):
    while making.make_notifications():
        pass
    counts = Notification.objects.values_list("person__username").annotate(Count("pk"))
    assert {name: 1 <= count <= 10 for name, count in counts} == {"demo": True, "guest": True}


def test_the_others_have_no_password(demo, django_user_model):
    others = django_user_model.objects.exclude(username__in=["demo", "guest"])
    assert others.count() >= 2
    assert not [person for person in others if person.has_usable_password()]


def test_only_the_demo_account_is_an_admin(demo, django_user_model):
    assert not django_user_model.objects.filter(is_superuser=True).exists()
    assert [user.username for user in django_user_model.objects.filter(is_staff=True)] == ["demo"]


def test_there_are_two_current_sprints_and_a_past_one(demo, client, django_user_model):
    assert (Sprint.objects.current().count(), Sprint.objects.past().count()) == (2, 1)
    assert not [sprint for sprint in Sprint.objects.current() if sprint.is_past]
    client.force_login(django_user_model.objects.get(username="demo"))
    assert Page(client.get("/")).texts("strong") == ["Sprint 13", "Sprint 14"]
    assert Page(client.get("/sprints/past/")).texts("strong") == ["Sprint 12"]


def test_there_are_about_45_realistic_tasks(demo):
    tasks = Task.objects.all()
    assert 40 <= tasks.count() <= 50
    assert tasks.count() == tasks.values("name").distinct().count()
    for having in (tasks.exclude(description=""), tasks.exclude(due=None), tasks.exclude(assigned=None)):
        assert tasks.count() / 2 < having.count() < tasks.count()
    assert tasks.values("assigned").distinct().count() >= 5


def test_the_running_sprint_has_work_in_every_column(demo):
    running = Sprint.objects.current().first()
    columns = [task.column for task in Task.objects.on_board(running.pk)]
    assert {column: columns.count(column) >= 3 for column in Column} == dict.fromkeys(Column, True)


def test_the_past_sprint_is_finished(demo):
    past = Task.objects.filter(sprint=Sprint.objects.past().get())
    assert past.count() >= 5
    assert {task.status for task in past} == {Status.DONE}


def test_the_past_sprint_is_closed_and_its_leftover_was_carried_to_the_running_one(demo):
    past, running = Sprint.objects.past().get(), Sprint.objects.running().get()
    found = report(past.pk)
    assert (past.state, found.outcome, found.unit) == ("closed", "partly", "points")
    assert found.note
    assert found.committed.count
    assert found.added.count
    (leftover,) = found.carried.tasks
    assert (leftover.sprint, Task.objects.get(pk=leftover.id).sprint, Task.objects.get(carried=1).pk) == (
        running.pk,
        running,
        leftover.id,
    )
    remaining = [day.remaining("points") for day in found.burndown.days]
    assert remaining[0] > remaining[9] > remaining[-1] == leftover.points


def test_people_discuss_tasks_of_the_running_sprint(demo):
    comments = Comment.objects.select_related("author", "task")
    assert {comment.task.sprint for comment in comments} == {Sprint.objects.running().get()}
    assert comments.count() > comments.values("task").distinct().count() > 1
    assert comments.values("author").distinct().count() > 2
    (mention,) = [comment.text for comment in comments if "@" in comment.text]
    username, number = re.search(r"@(\w+)", mention)[1], re.search(r"#(\d+)", mention)[1]
    assert Task.objects.get(pk=number).assigned.username == username


def test_sprints_have_goals_and_follow_each_other(demo):
    sprints = list(Sprint.objects.order_by("end"))
    assert all(sprint.goal for sprint in sprints)
    for sprint, following in pairwise(sprints):
        assert sprint.end < following.start


def test_all_dates_are_in_the_past_and_follow_the_work(demo):
    assert not Event.objects.filter(created_at__gt=timezone.now()).exists()
    moments = list(Event.objects.order_by("seq").values_list("created_at", flat=True))
    assert moments == sorted(moments)
    done = Task.objects.filter(status=Status.DONE)
    assert done.exists()
    assert not [task for task in done if not task.started <= task.completed <= timezone.localdate()]
    assert len({task.completed for task in done}) > 5


def test_it_is_created_by_actions(demo):
    events = list(log.since(0))
    assert [event.seq for event in events] == list(range(1, log.newest_number() + 1))
    assert not [event for event in events if event.actor is None]
    state = log.replay(events)
    assert state["tasks"] == {task.pk: with_version(task) for task in Task.objects.all()}
    assert state["comments"].keys() == set(Comment.objects.values_list("pk", flat=True))
    assert state["sprints"] == {sprint.pk: with_version(sprint) for sprint in Sprint.objects.all()}


def with_version(row):
    return {**log.snapshot(row), "version": row.version}
