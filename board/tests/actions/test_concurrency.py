"""Invariants of order and history after concurrent calls from eight threads.

stress.py makes 400 random calls in a separate process, on SQLite and on PostgreSQL, and prints the calls and the final
database, which are checked here. Each test names the bugs with which it was seen to fail.
"""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from board import actions
from board.actions import ordering
from board.history import log, schema
from board.models import Event, Status, Task
from e2e.integrity import assert_integrity

from . import stress

ROOT = Path(__file__).resolve().parent.parent.parent.parent


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def run(request, tmp_path_factory):
    """The output of stress.py."""
    if request.param == "sqlite":
        database = f"sqlite:///{tmp_path_factory.mktemp('hammer') / 'board.sqlite3'}"
    else:
        database = request.getfixturevalue("postgres").new_database("hammer")
    done = subprocess.run(
        [sys.executable, "-m", "board.tests.actions.stress", "1"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert not done.returncode, done.stderr
    assert not done.stderr
    return {"database": database, **json.loads(done.stdout)}


@pytest.fixture(scope="module")
def states(run):
    """The replayed log: `states[n]` is the board after sequence number n, as in `log.replay`."""
    events = [event_of(values) for values in run["events"]]
    return [log.replay(events[:count]) for count in range(len(events) + 1)]


def event_of(values):
    return Event(**{**values, "actor": None, "actor_id": values["actor"]})


@pytest.fixture(scope="module")
def accepted(run):
    """The calls that changed something, by the sequence number of their change.

    Each thread is a separate user, so a change belongs to the first call that returned its number.
    """
    by_number = {event["seq"]: event for event in run["events"]}
    found = {}
    for call in run["calls"]:
        seq = call.get("version")
        if seq and by_number[seq]["actor"] == call["by"] and seq not in found:
            found[seq] = call
    return found


def columns(state):
    """Return {(sprint, status): [task id, …] from top to bottom} of a state."""
    rows = {}
    for pk, task in state["tasks"].items():
        rows.setdefault((task["sprint"], task["status"]), []).append((task["order"], pk))
    return {key: [pk for _, pk in sorted(cards)] for key, cards in rows.items()}


def without(pk, rows):
    """Return the columns without a card, and without columns that are then empty."""
    left = {key: [other for other in cards if other != pk] for key, cards in rows.items()}
    return {key: cards for key, cards in left.items() if cards}


def test_only_invalid_calls_fail(run):
    # Seen to fail: a task read before the counter is taken, SQLite without IMMEDIATE transactions or with a timeout
    # of 5 ms ("database is locked"); a task locked before the counter, PostgreSQL (deadlock).
    assert [call for call in run["calls"] if "error" in call] == []
    assert len(run["calls"]) == stress.THREADS * stress.CALLS


def test_the_run_was_a_hard_one(run, accepted):
    """Check that the run is meaningful: it has errors, made room, moves without effect, and concurrent changes."""
    assert sum("refused" in call for call in run["calls"]) >= 20
    assert sum("spaced" in event["changes"] for event in run["events"]) >= 2
    assert sum("undoes" in event["changes"] for event in run["events"]) >= 5
    authors = [event["actor"] for event in run["events"]]
    assert sum(one != other for one, other in pairwise(authors)) >= 100
    assert len(accepted) >= 200


def test_the_database_passes_the_integrity_check(run, django_db_blocker):
    # Seen to fail: a key of events that the integrity check does not know.
    with django_db_blocker.unblock():
        assert_integrity(run["database"])


def test_every_task_is_in_exactly_one_column_and_in_the_log(run, states):
    # I1. Seen to fail: a removal without an event; an event of a removal that was not done.
    ids = [pk for cards in columns(states[-1]).values() for pk in cards]
    assert sorted(ids) == [pk for pk, _ in run["tasks"]]
    assert len(ids) == len(set(ids))
    for event, (before, after) in zip(run["events"], pairwise(states), strict=True):
        came = after["tasks"].keys() - before["tasks"].keys()
        went = before["tasks"].keys() - after["tasks"].keys()
        assert came == ({event["task"]} if event["kind"] == "add" and event["task"] else set())
        assert went == ({event["task"]} if event["kind"] == "remove" and event["task"] else set())


def test_the_log_is_gapless_and_the_counter_its_length(run):
    # I6. Seen to fail: a rejected or empty change that takes a number (commit instead of rollback).
    assert [event["seq"] for event in run["events"]] == list(range(1, run["counter"] + 1))


def test_replaying_the_events_gives_the_database(run, states):
    # I7. Seen to fail: room made without "spaced" in the event; a field saved before validation, outside the transaction.
    state = json.loads(json.dumps(states[-1]))
    assert state == {"sprints": texts(run["sprints"]), "tasks": texts(run["tasks"]), "comments": {}}


def texts(rows):
    return {str(pk): fields for pk, fields in rows}


def test_each_event_knows_the_state_right_before_it(run, states):
    # I7, for each step. Seen to fail: a task read before the writers' lock is taken, by a move or by an edit.
    for values, state in zip(run["events"], states, strict=False):
        event = event_of(values)
        is_task = event.task is not None
        row = state["tasks"].get(event.task, {}) if is_task else state["sprints"].get(event.sprint, {})
        for neighbour, (before, _) in schema.other_orders(event).items():
            assert state["tasks"][neighbour]["order"] == before
        changes = schema.fields(event)
        assert {name: row.get(name) for name in changes} == {name: before for name, (before, _) in changes.items()}


def test_a_moved_card_is_at_its_target_when_the_move_commits(accepted, states):
    # I3. Seen to fail: "right before" instead of "right after"; neighbours read before the writers' lock.
    moves = [(seq, call) for seq, call in accepted.items() if call["action"] == "place_task"]
    for seq, call in moves:
        assert is_at_target(call, states[seq - 1], states[seq]), (seq, call)
    assert len(moves) >= 50


def is_at_target(call, before, after):
    """Return whether the card of a move is at its target, given the board before and after it."""
    meant = call["arguments"]
    key = meant["sprint_id"], meant["status"] if meant["sprint_id"] else Status.TODO
    cards = columns(after).get(key, [])
    if call["id"] not in cards:
        return False
    spot = cards.index(call["id"])
    others = without(call["id"], columns(before)).get(key, [])
    if meant["after"] in others:
        return spot == others.index(meant["after"]) + 1
    if meant["before"] in others:
        return spot == others.index(meant["before"])
    return spot == (0 if meant["top"] else len(others))


def test_a_move_that_changed_nothing_found_its_card_in_place(run, accepted, states):
    # I8. Seen to fail: a move within its column that is dropped (`assign_order` without its comparison of keys); "right before".
    moves = [
        call
        for call in run["calls"]
        if call["action"] == "place_task" and "version" in call and accepted.get(call["version"]) is not call
    ]
    for call in moves:
        first, last = moments(call, accepted)
        assert any(is_at_target(call, state, state) for state in states[first : last + 1]), call
    assert moves


def moments(call, accepted):
    """Return the first and last sequence number at which a call may have read the board."""
    ended = [seq for seq, other in accepted.items() if other["end"] < call["start"]]
    begun = [seq for seq, other in accepted.items() if other["start"] > call["end"]]
    return max(ended, default=0), min(begun, default=max(accepted) + 1) - 1


def test_a_change_leaves_the_order_of_all_other_cards_alone(run, states):
    # I4, I9. Seen to fail: room made in the reverse order.
    for event, (before, after) in zip(run["events"], pairwise(states), strict=True):
        assert without(event["task"], columns(before)) == without(event["task"], columns(after)), event


def test_a_move_or_an_addition_gets_a_unique_key(run, states, accepted):
    # I2. Keys may be equal only if the API set them so; then the id decides.
    # Seen to fail: neighbours read before the writers' lock; room made only when keys are equal already.
    for seq, call in accepted.items():
        task = states[seq]["tasks"].get(call["id"]) if call["action"] in ("place_task", "add_task") else None
        if task is None or "order" not in run["events"][seq - 1]["changes"]:
            continue
        same = [
            pk
            for pk, other in states[seq]["tasks"].items()
            if all(other[name] == task[name] for name in ("sprint", "status", "order"))
        ]
        assert same == [call["id"]], (seq, call)


def test_the_changed_row_has_the_number_of_its_change_as_version_and_no_other_row_has(run, states):
    # I5. Seen to fail: a version for the neighbours that were spaced out; a version that counts per task.
    for event, (before, after) in zip(run["events"], pairwise(states), strict=True):
        for kind in ("sprints", "tasks"):
            changed = {pk for pk in after[kind] if after[kind][pk]["version"] != versions(before, kind).get(pk)}
            own = event["task"] if kind == "tasks" else event["sprint"] if event["task"] is None else None
            assert changed == ({own} if own and event["kind"] != "remove" else set())
    stored = {pk: task["version"] for pk, task in run["tasks"]}
    assert stored == versions(states[-1], "tasks")


def versions(state, kind):
    return {pk: row["version"] for pk, row in state[kind].items()}


def test_every_event_belongs_to_one_successful_call(run, accepted):
    # I11. Seen to fail: a field saved before validation, outside the transaction; an edit without validation.
    prepared = [event["seq"] for event in run["events"] if event["actor"] is None]
    assert sorted([*prepared, *accepted]) == [event["seq"] for event in run["events"]]
    for seq, call in accepted.items():
        assert run["events"][seq - 1]["actor"] == call["by"]
    assert not any(row["name"] == "Too early" or row["description"] == "Must not stay" for _, row in run["tasks"])


def test_the_numbers_are_a_serialization_of_the_calls(accepted):
    # I12. Seen to fail: numbers handed out in blocks of ten, one block a thread.
    latest_start = 0
    for seq in sorted(accepted):
        assert accepted[seq]["end"] > latest_start, seq
        latest_start = max(latest_start, accepted[seq]["start"])


@pytest.mark.django_db
def test_insertions_at_one_position_never_run_out_of_room():
    """Insert a hundred. test_ordering.py inserts ten thousand into a list.

    I10. Seen to fail: no room made; room made for the two neighbours alone, which is due too often.
    """
    sprint = actions.add_sprint(None, end="2999-01-01")
    first, *others = [actions.add_task(None, name="x", sprint_id=sprint.pk).pk for _ in range(30)]
    spot = actions.Place(sprint.pk, Status.TODO, after=first)
    expected = others
    for _ in range(100):
        actions.place_task(None, expected[-1], spot)
        expected = [expected[-1], *expected[:-1]]
    cards = list(Task.objects.in_column(sprint.pk, Status.TODO).values_list("pk", "order"))
    assert [pk for pk, _ in cards] == [first, *expected]
    assert all(abs(order) <= ordering.LIMIT for _, order in cards)
    rooms = sum("spaced" in event.changes for event in log.since(0))
    assert 0 < rooms <= 100 / 10
