"""The number of open tasks of a sprint at the end of each day, computed from the log."""

from datetime import date, timedelta
from itertools import accumulate
from threading import Lock

from cachetools import LRUCache, cached
from django.db.models import Q
from django.utils import timezone

from board.models import Event, Status

SPRINTS_CACHED = 200


def tasks_left(sprint_id: int) -> list[tuple[date, int]]:
    """Return the number of open tasks of a sprint at the end of each day, as [(date, count)].

    Starts with the day of the sprint's first event. Tasks added later don't change earlier days.
    """
    by_day = counter_of(sprint_id).by_day()
    if not by_day:
        return []
    day, today = min(by_day), timezone.localdate()
    days = [day + timedelta(days=n) for n in range((today - day).days + 1)]
    counts = accumulate(days, lambda count, day: by_day.get(day, count), initial=0)
    return list(zip(days, list(counts)[1:], strict=True))


class OpenTaskCounter:
    """An incremental count of a sprint's open tasks, which reads each event once. Thread-safe."""

    def __init__(self, sprint_id: int) -> None:
        self.sprint_id = sprint_id
        self._seq = 0
        self._is_open: dict[int, bool] = {}
        self._by_day: dict[date, int] = {}
        self._reading = Lock()

    def by_day(self) -> dict[date, int]:
        """Return {date: number of open tasks at its end} of the days with events."""
        with self._reading:
            events = Event.objects.filter(
                Q(sprint=self.sprint_id) | Q(from_sprint=self.sprint_id), seq__gt=self._seq
            )
            for event in events.order_by("seq").only("created_at", "kind", "task", "sprint", "changes"):
                if event.task is not None:
                    self._apply(event.task, event)
                self._by_day[timezone.localdate(event.created_at)] = sum(self._is_open.values())
                self._seq = event.seq
            return dict(self._by_day)

    def _apply(self, task_id: int, event: Event) -> None:
        if event.kind == Event.Kind.REMOVE or event.sprint != self.sprint_id:
            self._is_open.pop(task_id, None)
        elif "status" in event.changes:
            self._is_open[task_id] = event.changes["status"][1] != Status.DONE
        else:
            self._is_open.setdefault(task_id, True)


@cached(LRUCache(SPRINTS_CACHED), lock=Lock())
def counter_of(sprint_id: int) -> OpenTaskCounter:
    """Return the counter that all threads of this process share."""
    return OpenTaskCounter(sprint_id)
