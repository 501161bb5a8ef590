"""Every write. Pages, the API and commands change sprints and tasks by these functions alone.

Each takes the writers' lock, validates the row as it would be, saves it, writes the log and publishes the change on
commit, all in one transaction. `by` is the user who acts, or None for the system.
What breaks a rule raises `ValidationError` with a message per field, and nothing is saved;
what changes nothing writes nothing. `expect` is the version that the row must still have; another one raises
`Outdated`. `base` is the version that the changes were made for: what others changed since is merged, and what both
changed raises `Conflict`. A row comes back with the change as its `event`, None when there was none.
"""

from .changes import Conflict, Outdated
from .sprints import add_sprint, change_sprint, remove_sprint
from .tasks import Place, add_task, change_task, place_task, remove_task
from .undo import restore_task, undo

__all__ = [
    "Conflict",
    "Outdated",
    "Place",
    "add_sprint",
    "add_task",
    "change_sprint",
    "change_task",
    "place_task",
    "remove_sprint",
    "remove_task",
    "restore_task",
    "undo",
]
