"""A property test of the log: after any sequence of actions, the integrity check finds nothing."""

from contextlib import suppress
from datetime import timedelta

import hypothesis.strategies as st
import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from board import actions
from board.history import log
from board.models import Comment, Event, Sprint, Status, Task
from board.ops import integrity

ids = st.integers(1, 8)
sprints = st.none() | st.integers(1, 3)
days = st.integers(-1, 4)
texts = st.sampled_from(["", "a", "b"])
COMMENT_FIELDS = ("id", "task", "author", "text", "version")


def nth_comment(place):
    """Return the id of a comment, 0 if there are not so many."""
    return next(iter(Comment.objects.order_by("pk").values_list("pk", flat=True)[place : place + 1]), 0)


class Log(RuleBasedStateMachine):
    """All actions on a few rows, including invalid calls. Seen to fail: an extra key that the check does not know."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        actions.add_sprint(None, end=timezone.localdate())

    def teardown(self):
        """Check in the end what takes long; what is wrong stays wrong."""
        try:
            assert [str(finding) for finding in integrity.check_integrity("default")] == []
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def act(self, action, *args, **kwargs):
        with suppress(ObjectDoesNotExist, ValidationError):
            action(None, *args, **kwargs)

    @rule(name=texts, sprint=sprints, status=st.sampled_from(Status))
    def add_task(self, name, sprint, status):
        self.act(actions.add_task, name=name, sprint_id=sprint, status=status)

    @rule(pk=ids, name=texts, due=days)
    def change_task(self, pk, name, due):
        self.act(actions.change_task, pk, name=name, due=timezone.localdate() + timedelta(due))

    @rule(pk=ids, sprint=sprints, status=st.sampled_from(Status), after=ids)
    def place_task(self, pk, sprint, status, after):
        self.act(actions.place_task, pk, actions.Place(sprint, status, after=after))

    @rule(pk=ids, other=ids)
    def share_a_key(self, pk, other):
        """Cards with the same key have no room between them, so a later move spaces them out."""
        anchor = Task.objects.filter(pk=other).first()
        if anchor:
            self.act(actions.change_task, pk, order=anchor.order)

    @rule(pk=ids)
    def remove_task(self, pk):
        self.act(actions.remove_task, pk)

    @rule(pk=ids)
    def restore_task(self, pk):
        self.act(actions.restore_task, pk)

    @rule(name=texts, end=days)
    def add_sprint(self, name, end):
        self.act(actions.add_sprint, name=name, end=timezone.localdate() + timedelta(end))

    @rule(pk=st.integers(1, 3), name=texts, end=days)
    def change_sprint(self, pk, name, end):
        self.act(actions.change_sprint, pk, name=name, end=timezone.localdate() + timedelta(end))

    @rule(pk=st.integers(1, 3))
    def remove_sprint(self, pk):
        self.act(actions.remove_sprint, pk)

    @rule(pk=st.integers(1, 3))
    def start_sprint(self, pk):
        self.act(actions.start_sprint, pk)

    @rule(pk=st.integers(1, 3), others=st.sampled_from(["backlog", "dropped", 1, 2, 3]))
    def close_sprint(self, pk, others):
        self.act(actions.close_sprint, pk, outcome="met", others=others)

    @rule(pk=st.integers(1, 3))
    def reopen_sprint(self, pk):
        self.act(actions.reopen_sprint, pk)

    @rule(pks=st.lists(ids), sprint=sprints, after=ids)
    def move_tasks(self, pks, sprint, after):
        self.act(actions.move_tasks, pks, sprint, after=after)

    @rule(pks=st.lists(ids), points=st.sampled_from([None, 1, 4, 5]))
    def change_tasks(self, pks, points):
        self.act(actions.change_tasks, pks, points=points)

    @rule(pks=st.lists(ids, max_size=2))
    def remove_tasks(self, pks):
        self.act(actions.remove_tasks, pks)

    @rule(pk=ids, text=texts)
    def add_comment(self, pk, text):
        self.act(actions.add_comment, pk, text)

    @rule(nth=st.integers(0, 3), text=texts)
    def change_comment(self, nth, text):
        self.act(actions.change_comment, nth_comment(nth), text)

    @rule(nth=st.integers(0, 3))
    def remove_comment(self, nth):
        self.act(actions.remove_comment, nth_comment(nth))

    @rule(back=st.integers(0, 3))
    def undo(self, back):
        self.act(actions.undo, log.newest_number() - back)

    @invariant()
    def replaying_the_log_gives_the_rows(self):
        rows = {
            name: {row.pk: {**log.snapshot(row), "version": row.version} for row in model.objects.all()}
            for name, model in (("sprints", Sprint), ("tasks", Task))
        }
        rows["comments"] = {row.pop("id"): row for row in Comment.objects.values(*COMMENT_FIELDS)}
        assert log.replay(Event.objects.order_by("seq")) == rows


@pytest.mark.slow
def test_replaying_the_log_matches_the_rows_after_changes_and_undos(db):
    settings = hypothesis_settings(max_examples=25, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(Log, settings=settings)
