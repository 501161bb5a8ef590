from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext

from board.history import log
from board.history.schema import Snapshot
from board.models import Event, Sprint, Task

from .changes import at_version, change, merge, remove_row, save_row, set_fields, unchanged_fields


def add_sprint(by: User | None, *, end: date, at: datetime | None = None, **fields: Any) -> Sprint:
    """Create a sprint. `fields` are name, goal, description and start."""
    with change(by, at) as this:
        sprint = Sprint(end=end)
        set_fields(sprint, fields)
        validate_sprint(sprint, today=this.today, end_is_new=True)
        return save_row(this, sprint)


def change_sprint(
    by: User | None, sprint_id: int, expect: int | None = None, base: int | None = None, **changes: Any
) -> Sprint:
    """Change the name, goal, description, start or end of a sprint. Raises `Sprint.DoesNotExist`, `Outdated`, `Conflict`."""
    with change(by) as this:
        sprint, before = get_sprint(sprint_id, expect)
        validate_can_change(sprint)
        merge(sprint, base, changes)
        validate_sprint(sprint, before, today=this.today, end_is_new=before["end"] != log.snapshot(sprint)["end"])
        return save_row(this, sprint, before)


def remove_sprint(by: User | None, sprint_id: int, expect: int | None = None) -> Event:
    """Delete a sprint without tasks and return the event. Raises `Sprint.DoesNotExist`, `Outdated`."""
    with change(by) as this:
        sprint, _before = get_sprint(sprint_id, expect)
        validate_can_change(sprint)
        validate_is_empty(sprint)
        return remove_row(this, sprint)


def start_sprint(by: User | None, sprint_id: int, expect: int | None = None, at: datetime | None = None) -> Sprint:
    """Start a planned sprint. One that was to start later starts today.

    Raises `Sprint.DoesNotExist`, `Outdated`, and `ValidationError` if the sprint is running, has ended or is closed.
    """
    with change(by, at) as this:
        sprint, before = get_sprint(sprint_id, expect)
        validate_can_change(sprint)
        _validate_can_start(sprint, this.today)
        sprint.started_at = this.at
        sprint.start = min(sprint.start or this.today, this.today)
        return save_row(this, sprint, before)


def _validate_can_start(sprint: Sprint, today: date) -> None:
    if sprint.started_at or (sprint.start and sprint.start <= today):
        raise ValidationError(gettext("%(sprint)s is already running.") % {"sprint": sprint})
    if sprint.end < today:
        raise ValidationError(
            gettext("%(sprint)s has ended. Change its end date to start it.") % {"sprint": sprint}
        )


def get_sprint(sprint_id: int, expect: int | None) -> tuple[Sprint, Snapshot]:
    return at_version(Sprint.objects.get(pk=sprint_id), expect)


def validate_can_change(sprint: Sprint) -> None:
    if sprint.is_closed:
        raise ValidationError(gettext("%(sprint)s is closed. Reopen it to change it.") % {"sprint": sprint})


def validate_sprint(sprint: Sprint, before: Snapshot | None = None, *, today: date, end_is_new: bool) -> None:
    sprint.full_clean(exclude={"version", *unchanged_fields(sprint, before)})
    if end_is_new and sprint.end < today:
        raise ValidationError({"end": gettext("The end date can't be in the past.")})


def validate_is_empty(sprint: Sprint) -> None:
    count = Task.objects.filter(sprint=sprint).count()
    if count:
        reason = ngettext(
            "This sprint still has %(count)s task. Move or delete it first.",
            "This sprint still has %(count)s tasks. Move or delete them first.",
            count,
        )
        raise ValidationError({"tasks": reason % {"count": count}})
