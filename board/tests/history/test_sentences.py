"""Descriptions of events in toasts, news and the history of a task."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone, translation

from board import actions
from board.actions import Place
from board.history import log, sentences
from board.models import Sprint, Status, Task

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year
DUE = date(YEAR + 1, 11, 24)


@pytest.fixture
def ben():
    return get_user_model().objects.create_user("ben", first_name="Ben", last_name="Berg")


@pytest.fixture
def task(user, sprint, add):
    return add("Draw", sprint)


def texts(language="en"):
    """Return the newest event as a toast, as news, and as the lines of the task's history."""
    event = list(log.since(0))[-1]
    with translation.override(language):
        names = sentences.names_in([event])
        what = sentences.quoted("Draw")
        lines = [line["text"] for line in sentences.story(event.task) if line["at"] == event.created_at]
        return sentences.describe(event, names, what), sentences.describe(event, names, what, "Ana Lind"), *lines


def assign(user, task, person):
    actions.change_task(user, task.pk, assigned=person)


CHANGES = {
    "created": lambda user, task, sprint, ben: None,
    "renamed": lambda user, task, sprint, ben: actions.change_task(user, task.pk, name="Paint"),
    "described": lambda user, task, sprint, ben: actions.change_task(user, task.pk, description="In oil"),
    "assigned": lambda user, task, sprint, ben: assign(user, task, ben),
    "reassigned": lambda user, task, sprint, ben: (assign(user, task, ben), assign(user, task, user)),
    "unassigned": lambda user, task, sprint, ben: (assign(user, task, ben), assign(user, task, None)),
    "due": lambda user, task, sprint, ben: actions.change_task(user, task.pk, due=DUE),
    "due in the same month": lambda user, task, sprint, ben: (
        actions.change_task(user, task.pk, due=DUE),
        actions.change_task(user, task.pk, due=DUE.replace(day=27)),
    ),
    "due in another month": lambda user, task, sprint, ben: (
        actions.change_task(user, task.pk, due=DUE),
        actions.change_task(user, task.pk, due=DUE.replace(month=12)),
    ),
    "not due": lambda user, task, sprint, ben: (
        actions.change_task(user, task.pk, due=DUE),
        actions.change_task(user, task.pk, due=None),
    ),
    "estimated": lambda user, task, sprint, ben: actions.change_task(user, task.pk, points=3),
    "estimated again": lambda user, task, sprint, ben: (
        actions.change_task(user, task.pk, points=3),
        actions.change_task(user, task.pk, points=5),
    ),
    "not estimated": lambda user, task, sprint, ben: (
        actions.change_task(user, task.pk, points=3),
        actions.change_task(user, task.pk, points=None),
    ),
    "moved": lambda user, task, sprint, ben: actions.place_task(user, task.pk, Place(sprint.pk, Status.ACTIVE)),
    "moved to the backlog": lambda user, task, sprint, ben: actions.place_task(
        user, task.pk, Place(None, Status.TODO)
    ),
    "moved back": lambda user, task, sprint, ben: actions.undo(
        user, actions.place_task(user, task.pk, Place(sprint.pk, Status.ACTIVE)).event.seq
    ),
    "deleted": lambda user, task, sprint, ben: actions.remove_task(user, task.pk),
    "restored": lambda user, task, sprint, ben: actions.undo(user, actions.remove_task(user, task.pk).seq),
    "edited": lambda user, task, sprint, ben: actions.change_task(
        user, task.pk, description="In oil", assigned=ben
    ),
}
ENGLISH = {
    "created": ("Created “Draw”", "Ana Lind created “Draw”", "Ana Lind created this task"),
    "renamed": (
        "Renamed “Draw” to “Paint”",
        "Ana Lind renamed “Draw” to “Paint”",
        "Ana Lind renamed this task from “Draw” to “Paint”",
    ),
    "described": (
        "Changed the description of “Draw”",
        "Ana Lind changed the description of “Draw”",
        "Ana Lind changed the description",
    ),
    "assigned": (
        "Assigned “Draw” to Ben Berg",
        "Ana Lind assigned “Draw” to Ben Berg",
        "Ana Lind assigned this task to Ben Berg",
    ),
    "reassigned": (
        "Reassigned “Draw” from Ben Berg to Ana Lind",
        "Ana Lind reassigned “Draw” from Ben Berg to Ana Lind",
        "Ana Lind reassigned this task from Ben Berg to Ana Lind",
    ),
    "unassigned": (
        "Unassigned Ben Berg from “Draw”",
        "Ana Lind unassigned Ben Berg from “Draw”",
        "Ana Lind unassigned Ben Berg",
    ),
    "due": (
        f"Set the due date of “Draw” to 24 Nov {YEAR + 1}",
        f"Ana Lind set the due date of “Draw” to 24 Nov {YEAR + 1}",
        f"Ana Lind set the due date to 24 Nov {YEAR + 1}",
    ),
    "due in the same month": (
        f"Moved the due date of “Draw” from 24 to 27 Nov {YEAR + 1}",
        f"Ana Lind moved the due date of “Draw” from 24 to 27 Nov {YEAR + 1}",
        f"Ana Lind moved the due date from 24 to 27 Nov {YEAR + 1}",
    ),
    "due in another month": (
        f"Moved the due date of “Draw” from 24 Nov {YEAR + 1} to 24 Dec {YEAR + 1}",
        f"Ana Lind moved the due date of “Draw” from 24 Nov {YEAR + 1} to 24 Dec {YEAR + 1}",
        f"Ana Lind moved the due date from 24 Nov {YEAR + 1} to 24 Dec {YEAR + 1}",
    ),
    "not due": (
        "Removed the due date of “Draw”",
        "Ana Lind removed the due date of “Draw”",
        "Ana Lind removed the due date",
    ),
    "estimated": (
        "Set the points of “Draw” to 3",
        "Ana Lind set the points of “Draw” to 3",
        "Ana Lind set the points to 3",
    ),
    "estimated again": (
        "Changed the points of “Draw” from 3 to 5",
        "Ana Lind changed the points of “Draw” from 3 to 5",
        "Ana Lind changed the points from 3 to 5",
    ),
    "not estimated": (
        "Removed the points of “Draw”",
        "Ana Lind removed the points of “Draw”",
        "Ana Lind removed the points",
    ),
    "moved": (
        "Moved “Draw” to In Development",
        "Ana Lind moved “Draw” to In Development",
        "Ana Lind moved this task from Not Started to In Development",
    ),
    "moved to the backlog": (
        "Moved “Draw” to Backlog",
        "Ana Lind moved “Draw” to Backlog",
        "Ana Lind moved this task from Sprint 1 to Backlog",
    ),
    "moved back": (
        "Moved “Draw” back to Not Started",
        "Ana Lind moved “Draw” back to Not Started",
        "Ana Lind moved this task back from In Development to Not Started",
    ),
    "deleted": ("Deleted “Draw”", "Ana Lind deleted “Draw”", "Ana Lind deleted this task"),
    "restored": (
        "Restored “Draw” to Not Started",
        "Ana Lind restored “Draw” to Not Started",
        "Ana Lind restored this task to Not Started",
    ),
    "edited": (
        "Changed the description and assignee of “Draw”",
        "Ana Lind changed the description and assignee of “Draw”",
        "Ana Lind changed the description",
        "Ana Lind assigned this task to Ben Berg",
    ),
}
GERMAN = {
    "created": ("„Draw“ erstellt", "Ana Lind hat „Draw“ erstellt", "Ana Lind hat diese Aufgabe erstellt"),
    "renamed": (
        "„Draw“ in „Paint“ umbenannt",
        "Ana Lind hat „Draw“ in „Paint“ umbenannt",
        "Ana Lind hat diese Aufgabe von „Draw“ in „Paint“ umbenannt",
    ),
    "described": (
        "„Draw“ geändert: Beschreibung",
        "Ana Lind hat „Draw“ geändert: Beschreibung",
        "Ana Lind hat diese Aufgabe geändert: Beschreibung",
    ),
    "assigned": (
        "„Draw“ wurde Ben Berg zugewiesen",
        "Ana Lind hat „Draw“ Ben Berg zugewiesen",
        "Ana Lind hat diese Aufgabe Ben Berg zugewiesen",
    ),
    "reassigned": (
        "„Draw“ von Ben Berg an Ana Lind übergeben",
        "Ana Lind hat „Draw“ von Ben Berg an Ana Lind übergeben",
        "Ana Lind hat diese Aufgabe von Ben Berg an Ana Lind übergeben",
    ),
    "unassigned": (
        "Zuweisung von „Draw“ an Ben Berg aufgehoben",
        "Ana Lind hat die Zuweisung von „Draw“ an Ben Berg aufgehoben",
        "Ana Lind hat die Zuweisung an Ben Berg aufgehoben",
    ),
    "due": (
        f"Fälligkeitsdatum von „Draw“ auf den 24. Nov. {YEAR + 1} gesetzt",
        f"Ana Lind hat das Fälligkeitsdatum von „Draw“ auf den 24. Nov. {YEAR + 1} gesetzt",
        f"Ana Lind hat das Fälligkeitsdatum auf den 24. Nov. {YEAR + 1} gesetzt",
    ),
    "due in the same month": (
        f"Fälligkeitsdatum von „Draw“ vom 24. auf den 27. Nov. {YEAR + 1} verschoben",
        f"Ana Lind hat das Fälligkeitsdatum von „Draw“ vom 24. auf den 27. Nov. {YEAR + 1} verschoben",
        f"Ana Lind hat das Fälligkeitsdatum vom 24. auf den 27. Nov. {YEAR + 1} verschoben",
    ),
    "due in another month": (
        f"Fälligkeitsdatum von „Draw“ vom 24. Nov. {YEAR + 1} auf den 24. Dez. {YEAR + 1} verschoben",
        f"Ana Lind hat das Fälligkeitsdatum von „Draw“ vom 24. Nov. {YEAR + 1} auf den 24. Dez. {YEAR + 1} verschoben",
        f"Ana Lind hat das Fälligkeitsdatum vom 24. Nov. {YEAR + 1} auf den 24. Dez. {YEAR + 1} verschoben",
    ),
    "not due": (
        "Fälligkeitsdatum von „Draw“ entfernt",
        "Ana Lind hat das Fälligkeitsdatum von „Draw“ entfernt",
        "Ana Lind hat das Fälligkeitsdatum entfernt",
    ),
    "estimated": (
        "Punkte von „Draw“ auf 3 gesetzt",
        "Ana Lind hat die Punkte von „Draw“ auf 3 gesetzt",
        "Ana Lind hat die Punkte auf 3 gesetzt",
    ),
    "estimated again": (
        "Punkte von „Draw“ von 3 auf 5 geändert",
        "Ana Lind hat die Punkte von „Draw“ von 3 auf 5 geändert",
        "Ana Lind hat die Punkte von 3 auf 5 geändert",
    ),
    "not estimated": (
        "Punkte von „Draw“ entfernt",
        "Ana Lind hat die Punkte von „Draw“ entfernt",
        "Ana Lind hat die Punkte entfernt",
    ),
    "moved": (
        "„Draw“ nach „In Entwicklung“ verschoben",
        "Ana Lind hat „Draw“ nach „In Entwicklung“ verschoben",
        "Ana Lind hat diese Aufgabe von „Nicht begonnen“ nach „In Entwicklung“ verschoben",
    ),
    "moved to the backlog": (
        "„Draw“ nach „Backlog“ verschoben",
        "Ana Lind hat „Draw“ nach „Backlog“ verschoben",
        "Ana Lind hat diese Aufgabe von „Sprint 1“ nach „Backlog“ verschoben",
    ),
    "moved back": (
        "„Draw“ zurück nach „Nicht begonnen“ verschoben",
        "Ana Lind hat „Draw“ zurück nach „Nicht begonnen“ verschoben",
        "Ana Lind hat diese Aufgabe von „In Entwicklung“ zurück nach „Nicht begonnen“ verschoben",
    ),
    "deleted": ("„Draw“ gelöscht", "Ana Lind hat „Draw“ gelöscht", "Ana Lind hat diese Aufgabe gelöscht"),
    "restored": (
        "„Draw“ in „Nicht begonnen“ wiederhergestellt",
        "Ana Lind hat „Draw“ in „Nicht begonnen“ wiederhergestellt",
        "Ana Lind hat diese Aufgabe in „Nicht begonnen“ wiederhergestellt",
    ),
    "edited": (
        "„Draw“ geändert: Beschreibung und Zuständigkeit",
        "Ana Lind hat „Draw“ geändert: Beschreibung und Zuständigkeit",
        "Ana Lind hat diese Aufgabe geändert: Beschreibung",
        "Ana Lind hat diese Aufgabe Ben Berg zugewiesen",
    ),
}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_described_with_its_values(user, sprint, task, ben, change, language):
    CHANGES[change](user, task, sprint, ben)
    assert texts(language) == {"en": ENGLISH, "de": GERMAN}[language][change]


def test_a_move_to_another_sprint_names_it(user, next_sprint, task):
    actions.place_task(user, task.pk, Place(next_sprint.pk, Status.TODO))
    assert texts() == (
        f"Moved “Draw” to {next_sprint}",
        f"Ana Lind moved “Draw” to {next_sprint}",
        f"Ana Lind moved this task from Sprint 1 to {next_sprint}",
    )


def test_a_move_out_of_the_backlog_names_the_column(user, sprint, add):
    actions.place_task(user, add("Draw").pk, Place(sprint.pk, Status.TESTING))
    assert texts()[::2] == ("Moved “Draw” to In Testing", "Ana Lind moved this task from Backlog to In Testing")


def test_an_undone_edit_is_described_as_undo(user, task):
    edit = actions.change_task(user, task.pk, name="Paint", description="In oil")
    actions.undo(user, edit.event.seq)
    assert texts()[0] == "Changed the name and description of “Draw” back"


def test_the_dates_of_a_move_are_part_of_it(user, task):
    actions.change_task(user, task.pk, status=Status.DONE, name="Paint")
    assert texts() == (
        "Moved “Draw” to Completed",
        "Ana Lind moved “Draw” to Completed",
        "Ana Lind moved this task from Not Started to Completed",
        "Ana Lind renamed this task from “Draw” to “Paint”",
    )


def test_accounts_and_sprints_that_were_deleted_have_no_name(user, sprint, next_sprint, task, ben):
    assign(user, task, ben)
    actions.place_task(user, task.pk, Place(next_sprint.pk, Status.TODO))
    ben.delete()
    Task.objects.all().delete()
    Sprint.objects.filter(pk=next_sprint.pk).delete()
    lines = [line["text"] for line in sentences.story(task.pk)]
    assert lines[:2] == [
        "Ana Lind moved this task from Sprint 1 to a deleted sprint",
        "Ana Lind assigned this task to a deleted account",
    ]


def test_changes_of_sprints_are_described(user, sprint):
    changed = actions.change_sprint(user, sprint.pk, end=date(YEAR + 2, 3, 7))
    texts = sentences.describe(changed.event, sentences.names_in([changed.event]), "“Sprint 1”")
    assert texts.startswith("Moved the end date of “Sprint 1” from ")
    assert texts.endswith(f" to 7 Mar {YEAR + 2}")


def test_names_are_read_in_two_queries_for_any_number_of_events(
    user, sprint, next_sprint, task, ben, django_assert_num_queries
):
    for _ in range(3):
        assign(user, task, ben)
        assign(user, task, user)
        for place in (next_sprint, sprint):
            actions.place_task(user, task.pk, Place(place.pk, Status.TODO))
    events = list(log.since(0))
    with django_assert_num_queries(2):
        sentences.names_in(events)
    with django_assert_num_queries(3):
        assert len(sentences.story(task.pk)) == 13


def test_no_name_is_read_where_no_event_mentions_one(task, django_assert_num_queries):
    events = list(log.since(0))
    with django_assert_num_queries(0):
        sentences.names_in(events)


def test_the_life_cycle_of_a_sprint_is_described(user, sprint):
    started = actions.start_sprint(user, sprint.pk)
    closed = actions.close_sprint(user, sprint.pk, outcome="met")
    reopened = actions.reopen_sprint(user, sprint.pk).sprint
    undone = actions.undo(user, started.event.seq)
    texts = [sentences.describe(row.event, sentences.names_in([]), "“S”") for row in (started, closed, reopened)]
    assert texts == ["Started “S”", "Closed “S”", "Reopened “S”"]
    assert sentences.describe_change(undone, "“S”") == "Changed the start date of “S” back"


def test_reopening_a_sprint_with_leftovers_is_described_by_the_sprint(user, sprint, add):
    add("Left over", actions.start_sprint(user, sprint.pk))
    closing = actions.close_sprint(user, sprint.pk, outcome="met", others="backlog").event
    assert sentences.describe_change(closing, "“Sprint 1”") == "Closed “Sprint 1”"
    reopening = actions.undo(user, closing.seq)
    assert reopening.task
    assert sentences.describe_change(reopening, "“Left over”") == "Reopened “Sprint 1”"
