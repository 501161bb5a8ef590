"""All writes of sprints and tasks. Pages, the API and commands change them only through these functions.

In one transaction, each function acquires the writers' lock, validates the new row, saves it, writes the log and
publishes the change on commit. A call that changes nothing writes nothing.

`by` is the acting user, or None for the system. `expect` is the version that the row must still have; otherwise
`Outdated` is raised. `base` is the version that the changes were made for: later changes of other fields are merged,
later changes of the same fields raise `Conflict`. An invalid row raises `ValidationError` with a message per field, and
nothing is saved. The returned row has the change as its `event`, or None if nothing changed.

Order: a sort key is an integer, at first `GAP` away from its neighbours. A move takes the middle, so it writes one row.
When two neighbours touch, `ordering.make_room` spaces out the cards around the spot; the event has their keys as `spaced`.

Undo: every change returns its number, and `undo` writes the reverse with the same lock, validation and log. It is refused
if someone has changed the same since. A batch changes several rows, each with an event of its own, and is undone as a whole
(`Change.is_batch`).

A closed sprint refuses every change of itself and its tasks (`changes.validate_is_open`, `sprints.validate_can_change`).
Only reopening it, the undo of its closing, changes them again.
"""

from .bulk import Bulk, Skipped, add_tasks, change_tasks, move_tasks, remove_tasks
from .changes import Conflict, Outdated
from .checklists import check_item
from .closing import Choice, Outcome, Reopened, close_sprint, reopen_sprint
from .comments import add_comment, change_comment, is_author, may_remove, remove_comment, validate_author
from .looks import AWAY, Look, catch_up, record_looks
from .sprints import add_sprint, change_sprint, remove_sprint, start_sprint
from .tasks import Place, add_task, change_task, place_task, remove_task
from .team import change_team
from .undo import Kept, Undone, restore_task, undo, undo_all

__all__ = [
    "AWAY",
    "Bulk",
    "Choice",
    "Conflict",
    "Kept",
    "Look",
    "Outcome",
    "Outdated",
    "Place",
    "Reopened",
    "Skipped",
    "Undone",
    "add_comment",
    "add_sprint",
    "add_task",
    "add_tasks",
    "catch_up",
    "change_comment",
    "change_sprint",
    "change_task",
    "change_tasks",
    "change_team",
    "check_item",
    "close_sprint",
    "is_author",
    "may_remove",
    "move_tasks",
    "place_task",
    "record_looks",
    "remove_comment",
    "remove_sprint",
    "remove_task",
    "remove_tasks",
    "reopen_sprint",
    "restore_task",
    "start_sprint",
    "undo",
    "undo_all",
    "validate_author",
]
