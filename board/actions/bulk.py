"""Changes of several tasks at once, as one change with one undo."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from board.history import log
from board.history.schema import Snapshot
from board.models import Event, Status, Task

from .changes import Change, change, remove_row
from .tasks import Place, get_task, save_changes, save_new, save_place, validate_can_change


class Skipped(NamedTuple):
    """A task that was not changed, and why. The name is "" for a task that never existed."""

    task: int
    name: str
    reason: str


class Bulk(NamedTuple):
    """The first event of a change of several tasks, None if nothing changed, and the tasks that it could not change."""

    event: Event | None
    skipped: list[Skipped]


def add_tasks(by: User | None, tasks: Iterable[Mapping[str, Any]]) -> list[Task]:
    """Create tasks, each at the end of its column. `tasks` are the arguments of `add_task`.

    Raises `ValidationError`; then none is created.
    """
    with change(by, is_batch=True) as this:
        return [save_new(this, **fields) for fields in tasks]


def move_tasks(
    by: User | None,
    task_ids: Iterable[int],
    sprint_id: int | None,
    *,
    after: int | None = None,
    before: int | None = None,
    top: bool = False,
    from_backlog: bool = False,
) -> Bulk:
    """Move tasks to a sprint or the backlog in this order, each to the column of its status.

    `after`, `before` and `top` are as in `Place`. Tasks that can't move are skipped, and the others move. With
    `from_backlog`, so are tasks that are not in the backlog.
    """
    last: dict[int, int] = {}

    def move(this: Change, task: Task, was: Snapshot) -> None:
        status = task.status if sprint_id and task.sprint_id else Status.TODO
        save_place(this, task, was, Place(sprint_id, status, last.get(status, after), before, top))
        last[status] = task.pk

    return _each(by, task_ids, move, from_backlog)


def change_tasks(by: User | None, task_ids: Iterable[int], *, from_backlog: bool = False, **changes: Any) -> Bulk:
    """Set the same values in several tasks: points, assigned or due. Tasks that can't change are skipped."""
    return _each(by, task_ids, lambda this, task, before: save_changes(this, task, before, changes), from_backlog)


def remove_tasks(by: User | None, task_ids: Iterable[int], *, from_backlog: bool = False) -> Bulk:
    """Delete several tasks. Those of a closed sprint are skipped."""

    def remove(this: Change, task: Task, before: Snapshot) -> None:
        validate_can_change(task)
        remove_row(this, task)

    return _each(by, task_ids, remove, from_backlog)


def _each(
    by: User | None,
    task_ids: Iterable[int],
    act: Callable[[Change, Task, Snapshot], object],
    from_backlog: bool,
) -> Bulk:
    """Change each task in one transaction. `act` validates a task before it writes anything."""
    skipped = []
    with change(by, is_batch=True) as this:
        for pk in dict.fromkeys(task_ids):
            try:
                task, before = get_task(pk)
                if from_backlog and task.sprint_id is not None:
                    raise ValidationError(gettext("It is no longer in the backlog."))
                act(this, task, before)
            except Task.DoesNotExist:
                skipped.append(_missing(pk))
            except ValidationError as error:
                skipped.append(Skipped(pk, Task.objects.get(pk=pk).name, " ".join(error.messages)))
    return Bulk(this.events[0] if this.events else None, skipped)


def _missing(task_id: int) -> Skipped:
    event = log.removal(task_id)
    name = str(log.removed_row(event)) if event else ""
    return Skipped(task_id, name, gettext("This task doesn't exist. It may have been deleted."))
