"""Call random actions from many threads and print the calls and their results, as JSON.

`DATABASE_URL=… python -m board.tests.actions.stress SEED` on an empty database. This is a separate process,
because threads need real transactions on a real database. test_concurrency.py runs it and checks the output.
"""

import json
import os
import random
import sys
import threading
import time
from datetime import timedelta

import django

THREADS = 8
CALLS = 50
HOT_CARDS = 20


def main(seed):
    """Prepare the database, run the threads, and return everything as JSON values."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    board = Board()
    hands = [Hand(board, number, seed) for number in range(THREADS)]
    threads = [threading.Thread(target=hand.work) for hand in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"calls": [call for hand in hands for call in hand.calls], **everything()}


def everything():
    """Return the whole database: counter, events in order, sprints and tasks as in `log.replay`."""
    from board.history import log
    from board.models import Event, Sprint, Task

    def rows(model):
        return [[row.pk, {**log.snapshot(row), "version": row.version}] for row in model.objects.order_by("pk")]

    events = Event.objects.order_by("seq").values(
        "seq", "actor", "kind", "task", "sprint", "from_sprint", "changes"
    )
    return {
        "counter": log.newest_number(),
        "events": list(events),
        "sprints": rows(Sprint),
        "tasks": rows(Task),
    }


class Board:
    """Create two sprints and cards. The first card is the hot spot."""

    def __init__(self):
        from django.utils import timezone

        from board import actions
        from board.models import Status

        self.today = timezone.localdate()
        self.together = threading.Barrier(THREADS)
        self.sprints = [actions.add_sprint(None, end=self.today + timedelta(days=day)).pk for day in (1, 2)]
        self.columns = [(None, Status.TODO), *((sprint, status) for sprint in self.sprints for status in Status)]
        self.hot = self.columns[1]
        cards = [
            actions.add_task(None, name=f"Card {n}", sprint_id=self.hot[0], status=self.hot[1])
            for n in range(HOT_CARDS)
        ]
        self.anchor = cards[0].pk
        self.cards = [card.pk for card in cards]


class Hand:
    """A thread that makes random calls as a separate user, so that the log identifies its changes."""

    def __init__(self, board, number, seed):
        from django.contrib.auth import get_user_model

        self.board = board
        self.user = get_user_model().objects.create(username=f"hand-{number}")
        self.random = random.Random(f"{seed}/{number}")
        self.own_sprint = None
        self.calls = []

    def work(self):
        """Make the calls, each at the same time as the other threads, then close the thread's connection."""
        from django.db import connection

        kinds = {
            self.add: 3,
            self.move_to_the_hot_spot: 8,
            self.move_anywhere: 5,
            self.edit: 3,
            self.share_a_key: 1,
            self.remove: 2,
            self.undo: 2,
            self.restore: 1,
            self.break_a_rule: 2,
            self.open_or_close_a_sprint: 1,
        }
        for kind in self.random.choices(list(kinds), kinds.values(), k=CALLS):
            # Otherwise the thread that held SQLite's lock would get it again, and the calls would not interleave.
            self.board.together.wait(timeout=60)
            kind()
        connection.close()

    def some_card(self):
        """Return a card other than the anchor. It may have been deleted."""
        return self.random.choice(self.board.cards[1:])

    def add(self):
        sprint, status = self.random.choice(self.board.columns)
        task = self.call("add_task", name="New", sprint_id=sprint, status=status)
        if task:
            self.board.cards.append(task.pk)

    def move_to_the_hot_spot(self):
        sprint, status = self.board.hot
        self.place(self.some_card(), sprint, status, after=self.board.anchor)

    def move_anywhere(self):
        sprint, status = self.random.choice(self.board.columns)
        where = self.random.choice([{"after": self.some_card()}, {"before": self.some_card()}, {"top": True}, {}])
        self.place(self.some_card(), sprint, status, **where)

    def place(self, task_id, sprint, status, **where):
        from board.actions import Place

        self.call("place_task", task_id, Place(sprint, status, **where))

    def edit(self):
        self.call("change_task", self.some_card(), description=f"Text {self.random.randrange(3)}")

    def share_a_key(self):
        """Set a sort key directly, as the API allows, sometimes to that of another card."""
        from board.actions.ordering import GAP

        self.call("change_task", self.some_card(), order=GAP * self.random.randrange(1, 4))

    def remove(self):
        self.call("remove_task", self.some_card())

    def undo(self):
        """Undo one of the last changes of any user."""
        from board.history import log

        self.call("undo", log.newest_number() - self.random.randrange(5))

    def restore(self):
        self.call("restore_task", self.some_card())

    def break_a_rule(self):
        """Make a call that is always invalid."""
        task_id = self.board.anchor
        self.random.choice(
            [
                lambda: self.call("change_task", task_id, name="", description="Must not stay"),
                lambda: self.call("change_task", task_id, sprint_id=None, status=3),
                lambda: self.call("change_task", task_id, sprint_id=10**6),
                lambda: self.call("add_task", name="Too early", started=self.board.today),
                lambda: self.call("remove_sprint", self.board.hot[0]),
                lambda: self.call("add_sprint", end=self.board.today - timedelta(days=1)),
                lambda: self.call("remove_task", 10**6),
            ]
        )()

    def open_or_close_a_sprint(self):
        """Add and delete a sprint while others move cards to it. Deleting it fails once it has cards."""
        if self.own_sprint:
            self.call("remove_sprint", self.own_sprint)
            self.own_sprint = None
            return
        sprint = self.call("add_sprint", end=self.board.today + timedelta(days=self.random.randrange(3, 99)))
        if sprint:
            self.own_sprint = sprint.pk
            self.board.columns.append((sprint.pk, 1))

    def call(self, action, /, *args, **kwargs):
        """Call an action, record the call and its outcome, and return its result, or None if it failed."""
        from django.core.exceptions import ObjectDoesNotExist, ValidationError

        from board import actions

        note = {
            "by": self.user.pk,
            "action": action,
            "arguments": arguments(args, kwargs),
            "start": time.monotonic_ns(),
        }
        result = None
        try:
            result = getattr(actions, action)(self.user, *args, **kwargs)
            # Some actions return the row, others the event.
            note["version"] = getattr(result, "version", None) or getattr(result, "seq", None)
        except (ValidationError, ObjectDoesNotExist) as refusal:
            note["refused"] = repr(refusal)
        except Exception as error:
            note["error"] = repr(error)
        note["end"] = time.monotonic_ns()
        # A removal returns its event, not the row.
        note["id"] = result.pk if hasattr(result, "version") else args[0] if args else None
        self.calls.append(note)
        return result


def arguments(args, kwargs):
    """Return the arguments of a call as JSON values. A place becomes its fields."""
    place = vars(args[1]) if len(args) > 1 else {}
    return {**{name: str(value) if name == "end" else value for name, value in kwargs.items()}, **place}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    json.dump(main(sys.argv[1]), sys.stdout, default=str)
