"""The integrity check finds each kind of corruption, and nothing in a valid database."""

import json
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from board import actions
from board.history.schema import EXTRAS
from board.models import Event, Status
from board.ops import integrity

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(user, sprint, next_sprint, add):
    """A board with all kinds of events. Returns one of its tasks."""
    first = add("First", sprint, assigned=user)
    for n in range(3):
        add(f"Task {n}", sprint, Status.ACTIVE)
    others = [add(f"Other {n}", sprint) for n in range(23)]
    for other in others:
        actions.place_task(user, other.pk, actions.Place(sprint.pk, Status.TODO, after=first.pk))
    actions.place_task(user, others[0].pk, actions.Place(sprint.pk, Status.DONE))
    actions.remove_task(user, others[1].pk)
    actions.remove_sprint(user, next_sprint.pk)
    undone = actions.undo(user, actions.change_task(user, others[2].pk, name="Changed").event.seq)
    actions.undo(user, undone.seq)
    actions.undo(user, actions.add_task(user, name="Undone").event.seq)
    actions.restore_task(user, others[1].pk)
    over = actions.start_sprint(user, actions.add_sprint(user, end=sprint.end + timedelta(days=1)).pk)
    add("Left over", over)
    comment = actions.add_comment(user, first.pk, "Written")
    actions.change_comment(user, comment.pk, "Edited")
    actions.remove_comment(user, actions.add_comment(user, first.pk, "Deleted").pk)
    actions.close_sprint(user, over.pk, outcome="met", others=sprint.pk)
    assert {name for event in Event.objects.all() for name in event.changes} > EXTRAS.keys()
    return first


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def findings():
    return [str(finding) for finding in integrity.check_integrity("default")]


def test_a_board_with_a_history_is_well(board):
    assert findings() == []


def test_an_empty_database_is_well(db):
    assert findings() == []


BROKEN = {
    "UPDATE board_counter SET value = value + 1": "The counter is at",
    "INSERT INTO board_counter (id, value, people) VALUES (2, 0, 0)": "The counter has 2 rows",
    "DELETE FROM board_counter": "The counter has 0 rows",
    "DELETE FROM board_event WHERE seq = 7": "The log has a gap: 8 follows 6.",
    "DELETE FROM board_event WHERE seq = (SELECT max(seq) FROM board_event)": "The counter is at",
    "UPDATE board_task SET name = 'Changed' WHERE name = 'First'": "has name 'Changed', but 'First' in the log",
    "UPDATE board_comment SET text = 'Changed' WHERE text = 'Edited'": "differs from the log.",
    "DELETE FROM board_comment": "differs from the log.",
    "UPDATE board_task SET version = version + 1 WHERE name = 'First'": "has version",
    'UPDATE board_task SET "order" = "order" + 1 WHERE name = \'First\'': "has order",
    "UPDATE board_task SET assigned_id = NULL WHERE name = 'First'": "has assigned None",
    "DELETE FROM board_task WHERE name = 'First'": "is in the log but doesn't exist",
    "UPDATE board_sprint SET description = 'Changed'": "has description 'Changed', but '' in the log",
    "UPDATE board_task SET started = '2026-01-01' WHERE name = 'First'": "A task that isn't started can't have a start date",
    "UPDATE board_task SET completed = '2026-01-01' WHERE name = 'First'": "Only completed tasks",
    "UPDATE board_task SET status = 7 WHERE name = 'Task 1'": "has an unknown status: 7",
    "UPDATE board_task SET sprint_id = NULL WHERE name = 'Task 1'": "Tasks in the backlog can't be started",
    "UPDATE board_task SET \"order\" = 9007199254740993 WHERE name = 'First'": "has an order that clients can't read",
    "UPDATE board_event SET kind = 'update' WHERE seq = 3": "Event 3 changes a row",
    "UPDATE board_event SET kind = 'add' WHERE seq = (SELECT max(seq) FROM board_event WHERE kind = 'update')": "changes a row",
    "UPDATE board_event SET changes = '[1]' WHERE seq = 3": "Event 3 can't be read: its changes are not a JSON object.",
    "UPDATE board_event SET kind = 'split' WHERE seq = 3": "Event 3 is of the unknown kind 'split'.",
    """UPDATE board_event SET changes = '{"labels": [null, "x"]}' WHERE seq = 9""": "unknown key 'labels'",
    """UPDATE board_event SET changes = '{"name": "x"}' WHERE seq = 9""": "Event 9 can't be read: 'name' holds 'x'.",
    """UPDATE board_event SET changes = '{"undoes": 9}' WHERE seq = 9""": "Event 9 can't be read: 'undoes' holds 9.",
    """UPDATE board_event SET changes = '{"spaced": [1]}' WHERE seq = 9""": "Event 9 can't be read: 'spaced' holds",
    "DELETE FROM django_migrations WHERE app = 'board'": "Migrations not applied: board.",
}


def test_each_manual_corruption_is_found(board):
    found = {statement: findings_after(statement) for statement in BROKEN}
    missed = {statement: found[statement] for statement, part in BROKEN.items() if part not in found[statement]}
    assert missed == {}


def findings_after(statement):
    """Return what is found after a statement, which is then taken back."""
    sql("PRAGMA ignore_check_constraints = ON")
    try:
        with transaction.atomic():
            sql(statement)
            found = findings()
            transaction.set_rollback(True)
        return "\n".join(found)
    finally:
        sql("PRAGMA ignore_check_constraints = OFF")


def test_an_event_that_does_not_follow_from_the_one_before_is_found(board):
    event = Event.objects.filter(kind="update", changes__has_key="status").first()
    changes = {**event.changes, "status": [Status.TESTING, event.changes["status"][1]]}
    sql("UPDATE board_event SET changes = %s WHERE seq = %s", json.dumps(changes), event.seq)
    assert f"Event {event.seq} changes status from a value it didn't have." in findings()


def test_a_neighbour_that_was_spaced_out_from_elsewhere_is_found(board):
    event = next(event for event in Event.objects.all() if "spaced" in event.changes)
    pk = next(iter(event.changes["spaced"]))
    event.changes["spaced"][pk][0] += 1
    sql("UPDATE board_event SET changes = %s WHERE seq = %s", json.dumps(event.changes), event.seq)
    assert f"Event {event.seq} changes the order of task {pk} from a value it didn't have." in findings()


def test_a_row_that_the_log_does_not_know_is_found(board):
    sql("INSERT INTO board_sprint (name, description, \"end\", version) VALUES ('', '', '2031-01-01', 1)")
    assert any("is not in the log" in one for one in findings())


@pytest.mark.django_db(transaction=True)
def test_a_reference_to_nowhere_is_found(board):
    sql("PRAGMA foreign_keys = OFF")
    sql("UPDATE board_task SET sprint_id = 99 WHERE name = 'First'")
    assert any("refers to a row of board_sprint that doesn't exist" in one for one in findings())
    sql("UPDATE board_task SET sprint_id = 1 WHERE name = 'First'")
    sql("PRAGMA foreign_keys = ON")


def test_a_deleted_user_is_not_a_finding(board, user):
    with transaction.atomic():
        get_user_model().objects.filter(pk=user.pk).delete()
    assert findings() == []
    actions.change_task(None, board.pk, name="Later")
    assert findings() == []


def test_equal_positions_are_reported_but_are_not_a_finding(board, user):
    board.refresh_from_db()
    second = actions.add_task(user, name="Same", order=board.order, sprint_id=board.sprint_id)
    assert findings() == []
    assert integrity.shared_positions("default") == [(board.pk, second.pk)]


NO_RESTORE = "you don't need to restore anything"
ADVICE = {
    "UPDATE board_task SET name = 'Changed' WHERE name = 'First'": NO_RESTORE,
    """UPDATE board_event SET changes = '{"labels": [null, "x"]}' WHERE seq = 9""": NO_RESTORE,
    "DELETE FROM django_migrations WHERE app = 'board'": "Run manage.py migrate",
    "UPDATE board_event SET changes = '[1]' WHERE seq = 3": "restore the last backup without problems",
    "DELETE FROM board_event WHERE seq = 7": "restore the last backup without problems",
}


@pytest.mark.parametrize(("statement", "advice"), ADVICE.items(), ids=lambda text: text[:40])
def test_the_doctor_recommends_a_restore_only_when_the_log_is_incomplete(board, statement, advice, monkeypatch):
    sql(statement)
    # The data of this test are only visible in this connection.
    monkeypatch.setattr(integrity, "snapshot", lambda: nullcontext("default"))
    with pytest.raises(CommandError) as error:
        call_command("doctor")
    assert advice in str(error.value)
    assert (NO_RESTORE in str(error.value)) == (advice == NO_RESTORE)
