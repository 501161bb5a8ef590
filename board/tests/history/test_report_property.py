"""A property test of reports: for random histories, the report equals a naive count, and nothing changes it later."""

from contextlib import suppress
from datetime import datetime, timedelta
from unittest import mock

import hypothesis.strategies as st
import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings

from board import actions
from board.history import log
from board.history.report import report, velocity
from board.history.timeline import timeline_of
from board.models import Event, Status

DONE = Status.DONE
tasks = st.integers(1, 6)
sprints = st.none() | st.integers(1, 3)
points = st.sampled_from([None, 0, 1, 5])
names = st.sampled_from("abc")
steps = st.one_of(
    st.tuples(st.just("add"), names, sprints, points),
    st.tuples(st.just("move"), tasks, sprints, st.sampled_from(Status)),
    st.tuples(st.just("change"), tasks, names, points),
    st.tuples(st.just("remove"), tasks),
    st.tuples(st.just("restore"), tasks),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("move several"), st.lists(tasks, max_size=4), sprints),
    st.tuples(st.just("close and reopen"), st.sampled_from(["backlog", "dropped", 2])),
    st.tuples(st.just("read")),
)
histories = st.lists(st.tuples(st.integers(0, 5), steps), max_size=25)


class Clock:
    """Time moves on by hours, from a Monday."""

    def __init__(self):
        self.now = datetime(2027, 3, 1, 9, tzinfo=timezone.get_default_timezone())


def act(by, step):
    match step:
        case ("add", name, sprint, estimate):
            actions.add_task(by, name=name, sprint_id=sprint, points=estimate)
        case ("move", pk, sprint, status):
            actions.place_task(by, pk, actions.Place(sprint, status))
        case ("change", pk, name, estimate):
            actions.change_task(by, pk, name=name, points=estimate)
        case ("remove", pk):
            actions.remove_task(by, pk)
        case ("restore", pk):
            actions.restore_task(by, pk)
        case ("undo", back):
            # Not the sprints themselves.
            actions.undo(by, max(log.newest_number() - back, 4))
        case ("move several", pks, sprint):
            actions.move_tasks(by, pks, sprint)
        case ("close and reopen", others):
            actions.close_sprint(by, 1, outcome="met", others=others)
            actions.reopen_sprint(by, 1)
        case ("read",):
            report(1)


def play(by, clock, history):
    for hours, step in history:
        clock.now += timedelta(hours=hours)
        with suppress(ObjectDoesNotExist, ValidationError):
            act(by, step)


def inside(state):
    """Return {task: (name, points, status)} of the sprint's tasks in a replayed state."""
    return {
        pk: (task["name"], task["points"], task["status"])
        for pk, task in state["tasks"].items()
        if task["sprint"] == 1
    }


def count_by_hand(start):
    """Count a report from whole states, one after each change. A closing that was undone counts for nothing."""
    state = {"sprints": {}, "tasks": {}}
    first, before, added, removed, estimated = {}, {}, {}, {}, 0
    is_closed = False
    for event in Event.objects.order_by("seq"):
        closed_at = event.changes.get("closed_at", [None, None])[1] if event.task is None else None
        if event.sprint == 1 and closed_at:
            is_closed = True
            final = before
        log.apply_event(state, event)
        if event.task is None and event.sprint == 1 and "closed_at" in event.changes and not closed_at:
            is_closed = False
        if is_closed:
            continue
        now = inside(state)
        if event.created_at <= start:
            first = now
        else:
            for pk in now.keys() - before.keys() - first.keys():
                added[pk] = now[pk]
            for pk in before.keys() - now.keys():
                removed[pk] = before[pk]
            for pk in now.keys() & before.keys():
                estimated += (now[pk][1] or 0) - (before[pk][1] or 0)
        before = now
    removed = {pk: item for pk, item in removed.items() if pk not in final}
    return first, added, removed, final, estimated


def listed(part):
    return {task.id: (task.name, task.points) for task in part.tasks}


def without_status(items):
    return {pk: item[:2] for pk, item in items.items()}


def check(found, start):
    first, added, removed, final, estimated = count_by_hand(start)
    assert listed(found.committed) == without_status(first)
    assert listed(found.added) == without_status(added)
    assert listed(found.removed) == without_status(removed)
    assert listed(found.done) == without_status({pk: item for pk, item in final.items() if item[2] == DONE})
    assert listed(found.unfinished) == without_status({pk: item for pk, item in final.items() if item[2] != DONE})
    assert found.estimated == estimated
    committed, *others = (part.count for part in (found.committed, found.added, found.removed))
    assert committed + others[0] - others[1] == len(final)
    assert velocity().bars[-1][1] in (found.done.count, found.done.points)


def run(first_steps, started, later_steps, others, afterwards):
    clock = Clock()
    by = get_user_model().objects.create_user("ana", first_name="Ana")
    with mock.patch("django.utils.timezone.now", side_effect=lambda: clock.now):
        for days in (7, 14, 21):
            actions.add_sprint(by, end=clock.now.date() + timedelta(days))
        play(by, clock, first_steps)
        if started:
            clock.now += timedelta(minutes=1)
            with suppress(ValidationError):
                actions.start_sprint(by, 1)
        clock.now += timedelta(minutes=1)
        play(by, clock, later_steps)
        clock.now = max(clock.now, datetime(2027, 3, 9, tzinfo=clock.now.tzinfo))
        actions.close_sprint(by, 1, outcome="partly", note="So so", others=others)
        found = report(1)
        start = datetime.fromisoformat(timeline_of(1).read().closing.facts["started"][1])
        check(found, start)
        other = get_user_model().objects.create_user("ben")
        # The closing itself can be undone.
        play(other, clock, [step for step in afterwards if step[1][0] not in ("close and reopen", "undo")])
        by.delete()
        assert report(1) == found
        timeline_of.cache_clear()
        assert report(1) == found


def test_a_report_is_the_same_after_200_later_changes(user, sprint, next_sprint, add):
    tasks = [add(f"Task {number}", sprint, number % 4 + 1, points=number % 4).pk for number in range(30)]
    actions.start_sprint(user, sprint.pk)
    actions.close_sprint(user, sprint.pk, outcome="met", others=next_sprint.pk)
    found = report(sprint.pk)
    before = Event.objects.count()
    for number in range(4):
        actions.move_tasks(user, tasks, None if number % 2 else next_sprint.pk)
        actions.change_tasks(user, tasks, name=f"Renamed {number}", points=number % 2 + 1)
    actions.remove_tasks(user, tasks)
    assert Event.objects.count() - before > 200
    timeline_of.cache_clear()
    assert report(sprint.pk) == found


@pytest.mark.slow
# The histories name sprints and tasks by number, from 1 on, whatever ran before.
@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_a_report_equals_a_count_by_hand_and_stays_the_same():
    @hypothesis_settings(
        max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
    )
    @given(histories, st.booleans(), histories, st.sampled_from(["backlog", "dropped", 2]), histories)
    def check_history(first_steps, started, later_steps, others, afterwards):
        timeline_of.cache_clear()
        with transaction.atomic():
            run(first_steps, started, later_steps, others, afterwards)
            transaction.set_rollback(True)

    check_history()
