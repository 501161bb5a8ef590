"""Closing sprints and reopening them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board.history import log, report
from board.models import Sprint, SprintState, Status, Task

from .changes import Change, change, remove_row, save_row
from .sprints import get_sprint
from .tasks import Place, assign_order, get_task, sync_dates
from .undo import Kept, reverse

NOTE_LENGTH = 2000
# Where an unfinished task goes: the id of a sprint, the backlog, or the trash.
type Choice = int | Literal["backlog", "dropped"]


class Outcome(models.TextChoices):
    """Whether a sprint met its goal."""

    MET = "met", _("Yes")
    PARTLY = "partly", _("Partly")
    MISSED = "missed", _("No")


class Reopened(NamedTuple):
    """The reopened sprint with its event, and the tasks that stay where they are, because they changed since."""

    sprint: Sprint
    kept: list[Kept]


def close_sprint(
    by: User | None,
    sprint_id: int,
    *,
    outcome: str,
    note: str = "",
    choices: Mapping[int, Choice] | None = None,
    others: Choice | None = None,
    expect: int | None = None,
    at: datetime | None = None,
) -> Sprint:
    """Close a sprint and move its unfinished tasks on, as one change with one undo.

    `choices` says by id where each of them goes, `others` where those without a choice go. Choices for other tasks are
    ignored. Raises `Sprint.DoesNotExist`, `Outdated`, and `ValidationError` with the keys `outcome`, `note` and
    `task-<id>` (of a task without a choice, or with one that is not possible any longer).
    """
    with change(by, at, is_batch=True) as this:
        sprint, before = get_sprint(sprint_id, expect)
        _validate_can_close(sprint, outcome, note)
        leftovers = Task.objects.filter(sprint=sprint, status__lt=Status.DONE).order_by("order", "pk")
        wanted = {pk: (choices or {}).get(pk, others) for pk in leftovers.values_list("pk", flat=True)}
        targets = Sprint.objects.open().exclude(pk=sprint.pk).in_bulk(_ids(wanted.values()))
        _validate_choices(wanted, targets)
        facts = report.closing_facts(sprint, Outcome(outcome).value, note, targets.values())
        sprint.closed_at = this.at
        save_row(this, sprint, before, closing=facts)
        to_backlog = [pk for pk, choice in wanted.items() if choice == "backlog"]
        for pk in [*(pk for pk in wanted if pk not in to_backlog), *reversed(to_backlog)]:
            _move_on(this, pk, wanted[pk])
        return sprint


def _validate_can_close(sprint: Sprint, outcome: str, note: str) -> None:
    if sprint.is_closed:
        raise ValidationError(gettext("%(sprint)s is already closed.") % {"sprint": sprint})
    if sprint.state == SprintState.PLANNED and not sprint.is_past:
        raise ValidationError(gettext("%(sprint)s has not started, so you can't close it.") % {"sprint": sprint})
    errors = {}
    if outcome not in Outcome.values:
        errors["outcome"] = gettext("Choose whether the goal was met.")
    if len(note) > NOTE_LENGTH:
        errors["note"] = gettext("Use at most %(limit)s characters.") % {"limit": NOTE_LENGTH}
    if errors:
        raise ValidationError(errors)


def _ids(choices: Iterable[Choice | None]) -> set[int]:
    return {choice for choice in choices if isinstance(choice, int)}


def _validate_choices(wanted: Mapping[int, Choice | None], targets: Mapping[int, Sprint]) -> None:
    errors = {}
    for pk, choice in wanted.items():
        if isinstance(choice, int) and choice not in targets:
            errors[f"task-{pk}"] = gettext("This sprint is no longer open. Choose another one.")
        elif not isinstance(choice, int) and choice not in ("backlog", "dropped"):
            errors[f"task-{pk}"] = gettext("Choose what happens to this task.")
    if errors:
        raise ValidationError(errors)


def _move_on(this: Change, task_id: int, choice: Choice | None) -> None:
    task, before = get_task(task_id)
    if choice == "dropped":
        remove_row(this, task)
        return
    task.carried += 1
    if isinstance(choice, int):
        task.sprint_id = choice
    else:
        task.sprint_id, task.status = None, Status.TODO
        sync_dates(task, (), this.today)
    # At the end of a column, but at the top of the backlog, where it is seen.
    place = Place(task.sprint_id, task.status, top=choice == "backlog")
    save_row(this, task, before, assign_order(task, place))


def reopen_sprint(by: User | None, sprint_id: int, expect: int | None = None) -> Reopened:
    """Reopen a closed sprint, which undoes its closing: the tasks that it moved on come back.

    A task that has moved to another column, was finished or deleted since stays as it is. Raises `Sprint.DoesNotExist`,
    `Outdated`, and `ValidationError` if the sprint isn't closed.
    """
    with change(by) as this:
        sprint, _before = get_sprint(sprint_id, expect)
        event = log.closing_of(sprint_id) if sprint.is_closed else None
        if event is None:
            raise ValidationError(gettext("%(sprint)s is not closed.") % {"sprint": sprint})
        kept = reverse(this, event)
        sprint.refresh_from_db()
        sprint.event = this.events[-1]
    return Reopened(sprint, kept)
