"""The log: the next sequence number, what changed since, state at a moment."""

from datetime import date, timedelta
from itertools import accumulate
from threading import Lock

from cachetools import LRUCache, cached
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from .models import Column, Counter, Event, Sprint, Status, Task

SPRINTS_FOLLOWED = 200


def next_number():
    """Take the next sequence number, and with it the lock that all writers share.

    Needs a transaction; a roll-back gives the number back, so numbers are gapless in commit order.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE board_counter SET value = value + 1 WHERE id = 1 RETURNING value")
        return cursor.fetchone()[0]


def newest_number():
    """Return the sequence number of the newest committed change, 0 when there was none."""
    return state()[0]


def state():
    """Return all that a page depends on: (the newest sequence number, the number of changes of people)."""
    # Plain SQL: every page and every look of the hub asks this first.
    with connection.cursor() as cursor:
        cursor.execute("SELECT value, people FROM board_counter WHERE id = 1")
        return cursor.fetchone()


def note_people(update_fields=None, **kwargs):
    """Count a change of a person, as the receiver of `post_save`; a log-in changes nothing that is shown."""
    if update_fields != {"last_login"}:
        Counter.objects.update(people=F("people") + 1)


def snapshot(row):
    """Return the row's fields as JSON values: {field: value}; nulls when the row is None."""
    return {
        field.name: _as_json(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.name not in ("id", "version")
    }


def _as_json(value):
    return value.isoformat() if isinstance(value, date) else value


def difference(before, after):
    """Return {field: [before, after]} of the fields in which two snapshots differ; None is no row."""
    names = before or after
    before = before or dict.fromkeys(names)
    after = after or dict.fromkeys(names)
    return {name: [before[name], after[name]] for name in names if before[name] != after[name]}


def write(seq, by, kind, row, changes):
    """Write one change of a sprint or task to the log and return the event.

    `seq` comes from `next_number` in the same transaction; `changes` from `difference`.
    """
    is_task = isinstance(row, Task)
    return Event.objects.create(
        seq=seq,
        at=timezone.now(),
        by=by,
        kind=kind,
        task=row.pk if is_task else None,
        sprint=row.sprint_id if is_task else row.pk,
        left=changes["sprint"][0] if is_task and "sprint" in changes else None,
        changes=changes,
    )


def since(seq, limit=None):
    """Return the events after sequence number `seq`, the oldest first."""
    return Event.objects.filter(seq__gt=seq).select_related("by").order_by("seq")[:limit]


def touched_tasks(events):
    """Return {task id: the newest of the events that touched it}, spaced-out neighbours included."""
    touched = {}
    for event in events:
        if event.task is not None:
            touched[event.task] = event
        for pk in event.changes.get("spaced", ()):
            touched[int(pk)] = event
    return touched


def story(task_id):
    """Return what happened to a task, the newest first: [{"at", "who", "what"}]."""
    events = Event.objects.filter(task=task_id).select_related("by").order_by("-seq")
    return [{"at": event.at, "who": actor(event), "what": describe(event)} for event in events]


def actor(event):
    """Return the name of who made the change."""
    return (event.by.get_full_name() or event.by.username) if event.by else "Lightboard"


def describe(event, what="it"):
    """Return what happened to a task in words, without who: "moved it to In Testing"."""
    changes = event.changes
    if event.kind == Event.Kind.ADD:
        return f"added {what}"
    if event.kind == Event.Kind.REMOVE:
        return f"deleted {what}"
    if "status" in changes or "sprint" in changes:
        return f"moved {what} to {_column_after(event)}"
    if "order" in changes:
        return f"moved {what} within its column"
    fields = [Task._meta.get_field(name).verbose_name for name in changes]
    return f"changed {' and '.join(fields)} of {what}"


def _column_after(event):
    if event.sprint is None:
        return Column.BACKLOG.label
    if "status" in event.changes:
        return Column[Status(event.changes["status"][1]).name].label
    return "another sprint" if event.changes["sprint"][0] else Column.TODO.label


def tasks_left(sprint_id):
    """Return how many tasks of a sprint were not done at the end of each day: [(date, count)].

    From the day of its first event to today, as it was then: scope that came later does not rewrite it.
    """
    by_day = follower(sprint_id).by_day()
    if not by_day:
        return []
    day, today = min(by_day), timezone.localdate()
    days = [day + timedelta(days=n) for n in range((today - day).days + 1)]
    counts = accumulate(days, lambda count, day: by_day.get(day, count), initial=0)
    return list(zip(days, list(counts)[1:], strict=True))


class Follower:
    """Counts along with a sprint's events and keeps where it stands, so that each event is read once."""

    def __init__(self, sprint_id):
        self.sprint_id = sprint_id
        self._seq = 0
        self._is_open = {}
        self._by_day = {}
        self._reading = Lock()

    def by_day(self):
        """Return {date: how many tasks were open at its end} of the days on which something happened."""
        with self._reading:
            events = Event.objects.filter(Q(sprint=self.sprint_id) | Q(left=self.sprint_id), seq__gt=self._seq)
            for event in events.order_by("seq").only("at", "kind", "task", "sprint", "changes"):
                if event.task is not None:
                    self._follow(event)
                self._by_day[timezone.localdate(event.at)] = sum(self._is_open.values())
                self._seq = event.seq
            return dict(self._by_day)

    def _follow(self, event):
        if event.kind == Event.Kind.REMOVE or event.sprint != self.sprint_id:
            self._is_open.pop(event.task, None)
        elif "status" in event.changes:
            self._is_open[event.task] = event.changes["status"][1] != Status.DONE
        else:
            self._is_open.setdefault(event.task, True)


@cached(LRUCache(SPRINTS_FOLLOWED), lock=Lock())
def follower(sprint_id):
    """Return the one follower of a sprint in this process."""
    return Follower(sprint_id)


def last_names(events):
    """Return {task id: name} of the tasks whose name is in one of these events, the last one it had."""
    changed = ((event.task, event.changes["name"]) for event in events if event.task and "name" in event.changes)
    return {pk: before if after is None else after for pk, (before, after) in changed}


def replay(events):
    """Return the state that a sequence of events from the first on leads to.

    {"sprints": {id: fields}, "tasks": {id: fields}}, fields as in `snapshot` and with the row's version.
    """
    state = {"sprints": {}, "tasks": {}}
    for event in events:
        rows, pk = (state["sprints"], event.sprint) if event.task is None else (state["tasks"], event.task)
        changes = dict(event.changes)
        for neighbour, (_, order) in changes.pop("spaced", {}).items():
            state["tasks"][int(neighbour)]["order"] = order
        if event.kind == Event.Kind.REMOVE:
            del rows[pk]
            continue
        row = rows.setdefault(pk, dict.fromkeys(_fields(Sprint if event.task is None else Task)))
        row.update({name: after for name, (_, after) in changes.items()}, version=event.seq)
    return state


def _fields(model):
    return [field.name for field in model._meta.concrete_fields if field.name != "id"]
