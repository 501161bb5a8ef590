"""Descriptions of events as translated sentences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.utils.formats import date_format
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext, gettext_lazy, ngettext

from board.models import Column, Event, Sprint, Status
from board.text import dates
from board.text.markdown import plain_excerpt

from .log import PLACE, events_of_change, events_of_row
from .schema import CommentChange, batch, checked_item, comment, fields, kind_of, undone

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# The number of characters of a checklist's item in a sentence.
ITEM_LENGTH = 80


class Sentence(NamedTuple):
    """A kind of change as complete sentences, because word order depends on the language."""

    news: "StrPromise"
    toast: "StrPromise"
    # For the history on the task's page.
    story: "StrPromise"
    # For the activity, if that says more than the news.
    line: "StrPromise | None" = None


CREATED = Sentence(
    gettext_lazy("%(who)s created %(what)s"),
    gettext_lazy("Created %(what)s"),
    gettext_lazy("%(who)s created this task"),
)
RESTORED = Sentence(
    gettext_lazy("%(who)s restored %(what)s"),
    gettext_lazy("Restored %(what)s"),
    gettext_lazy("%(who)s restored this task"),
)
RESTORED_TO = Sentence(
    gettext_lazy("%(who)s restored %(what)s to %(after)s"),
    gettext_lazy("Restored %(what)s to %(after)s"),
    gettext_lazy("%(who)s restored this task to %(after)s"),
)
DELETED = Sentence(
    gettext_lazy("%(who)s deleted %(what)s"),
    gettext_lazy("Deleted %(what)s"),
    gettext_lazy("%(who)s deleted this task"),
)
MOVED = Sentence(
    gettext_lazy("%(who)s moved %(what)s to %(after)s"),
    gettext_lazy("Moved %(what)s to %(after)s"),
    gettext_lazy("%(who)s moved this task from %(before)s to %(after)s"),
    gettext_lazy("%(who)s moved %(what)s from %(before)s to %(after)s"),
)
MOVED_BACK = Sentence(
    gettext_lazy("%(who)s moved %(what)s back to %(after)s"),
    gettext_lazy("Moved %(what)s back to %(after)s"),
    gettext_lazy("%(who)s moved this task back from %(before)s to %(after)s"),
    gettext_lazy("%(who)s moved %(what)s back from %(before)s to %(after)s"),
)
MOVED_WITHIN = Sentence(
    gettext_lazy("%(who)s moved %(what)s within the column"),
    gettext_lazy("Moved %(what)s within the column"),
    gettext_lazy("%(who)s moved this task within its column"),
)
MOVED_BACK_WITHIN = Sentence(
    gettext_lazy("%(who)s moved %(what)s back within the column"),
    gettext_lazy("Moved %(what)s back within the column"),
    gettext_lazy("%(who)s moved this task back within its column"),
)
RENAMED = Sentence(
    gettext_lazy("%(who)s renamed %(before)s to %(after)s"),
    gettext_lazy("Renamed %(before)s to %(after)s"),
    gettext_lazy("%(who)s renamed this task from %(before)s to %(after)s"),
)
ASSIGNED = Sentence(
    gettext_lazy("%(who)s assigned %(what)s to %(after)s"),
    gettext_lazy("Assigned %(what)s to %(after)s"),
    gettext_lazy("%(who)s assigned this task to %(after)s"),
)
REASSIGNED = Sentence(
    gettext_lazy("%(who)s reassigned %(what)s from %(before)s to %(after)s"),
    gettext_lazy("Reassigned %(what)s from %(before)s to %(after)s"),
    gettext_lazy("%(who)s reassigned this task from %(before)s to %(after)s"),
)
UNASSIGNED = Sentence(
    gettext_lazy("%(who)s unassigned %(before)s from %(what)s"),
    gettext_lazy("Unassigned %(before)s from %(what)s"),
    gettext_lazy("%(who)s unassigned %(before)s"),
)
DATE_SET = Sentence(
    gettext_lazy("%(who)s set the %(field)s of %(what)s to %(after)s"),
    gettext_lazy("Set the %(field)s of %(what)s to %(after)s"),
    gettext_lazy("%(who)s set the %(field)s to %(after)s"),
)
DATE_MOVED = Sentence(
    gettext_lazy("%(who)s moved the %(field)s of %(what)s from %(before)s to %(after)s"),
    gettext_lazy("Moved the %(field)s of %(what)s from %(before)s to %(after)s"),
    gettext_lazy("%(who)s moved the %(field)s from %(before)s to %(after)s"),
)
DATE_REMOVED = Sentence(
    gettext_lazy("%(who)s removed the %(field)s of %(what)s"),
    gettext_lazy("Removed the %(field)s of %(what)s"),
    gettext_lazy("%(who)s removed the %(field)s"),
)
CHANGED = Sentence(
    gettext_lazy("%(who)s changed the %(field)s of %(what)s"),
    gettext_lazy("Changed the %(field)s of %(what)s"),
    gettext_lazy("%(who)s changed the %(field)s"),
)
CHANGED_BACK = Sentence(
    gettext_lazy("%(who)s changed the %(field)s of %(what)s back"),
    gettext_lazy("Changed the %(field)s of %(what)s back"),
    gettext_lazy("%(who)s changed the %(field)s back"),
)
POINTS_SET = Sentence(
    gettext_lazy("%(who)s set the points of %(what)s to %(after)s"),
    gettext_lazy("Set the points of %(what)s to %(after)s"),
    gettext_lazy("%(who)s set the points to %(after)s"),
)
POINTS_CHANGED = Sentence(
    gettext_lazy("%(who)s changed the points of %(what)s from %(before)s to %(after)s"),
    gettext_lazy("Changed the points of %(what)s from %(before)s to %(after)s"),
    gettext_lazy("%(who)s changed the points from %(before)s to %(after)s"),
)
POINTS_REMOVED = Sentence(
    gettext_lazy("%(who)s removed the points of %(what)s"),
    gettext_lazy("Removed the points of %(what)s"),
    gettext_lazy("%(who)s removed the points"),
)
COMMENTED = Sentence(
    gettext_lazy("%(who)s commented on %(what)s"),
    gettext_lazy("Commented on %(what)s"),
    gettext_lazy("%(who)s commented"),
)
COMMENT_EDITED = Sentence(
    gettext_lazy("%(who)s edited a comment on %(what)s"),
    gettext_lazy("Edited a comment on %(what)s"),
    gettext_lazy("%(who)s edited a comment"),
)
COMMENT_DELETED = Sentence(
    gettext_lazy("%(who)s deleted a comment on %(what)s"),
    gettext_lazy("Deleted a comment on %(what)s"),
    gettext_lazy("%(who)s deleted a comment"),
)
COMMENT_RESTORED = Sentence(
    gettext_lazy("%(who)s restored a comment on %(what)s"),
    gettext_lazy("Restored a comment on %(what)s"),
    gettext_lazy("%(who)s restored a comment"),
)
CHECKED = Sentence(
    gettext_lazy("%(who)s checked %(after)s in %(what)s"),
    gettext_lazy("Checked %(after)s in %(what)s"),
    gettext_lazy("%(who)s checked %(after)s"),
)
UNCHECKED = Sentence(
    gettext_lazy("%(who)s unchecked %(after)s in %(what)s"),
    gettext_lazy("Unchecked %(after)s in %(what)s"),
    gettext_lazy("%(who)s unchecked %(after)s"),
)
STARTED = Sentence(
    gettext_lazy("%(who)s started %(what)s"),
    gettext_lazy("Started %(what)s"),
    gettext_lazy("%(who)s started %(what)s"),
)
CLOSED = Sentence(
    gettext_lazy("%(who)s closed %(what)s"),
    gettext_lazy("Closed %(what)s"),
    gettext_lazy("%(who)s closed %(what)s"),
)
REOPENED = Sentence(
    gettext_lazy("%(who)s reopened %(what)s"),
    gettext_lazy("Reopened %(what)s"),
    gettext_lazy("%(who)s reopened %(what)s"),
)
FIELDS = {
    "name": gettext_lazy("name"),
    "goal": gettext_lazy("goal"),
    "description": gettext_lazy("description"),
    "assigned": gettext_lazy("assignee"),
    "started": gettext_lazy("start date"),
    "due": gettext_lazy("due date"),
    "completed": gettext_lazy("completion date"),
    "points": gettext_lazy("points"),
    "start": gettext_lazy("start date"),
    "end": gettext_lazy("end date"),
}


class StoryLine(TypedDict):
    seq: int
    at: datetime
    text: str


class Telling(NamedTuple):
    """A sentence, split around the name of its task or sprint, which a page can link, and what it sums up."""

    before: str
    name: str
    after: str
    details: Sequence[str] = ()


@dataclass(frozen=True)
class Names:
    """The names of the people and sprints that events refer to by id, in one language."""

    people: dict[int, str]
    sprints: dict[int, str]

    def person(self, pk: int) -> str:
        return self.people.get(pk) or gettext("a deleted account")

    def place(self, pk: int | None) -> str:
        if pk is None:
            return str(Column.BACKLOG.label)
        return self.sprints.get(pk) or gettext("a deleted sprint")


@dataclass(frozen=True)
class Change:
    """A sentence with its values."""

    sentence: Sentence
    field: str = ""
    before: str = ""
    after: str = ""

    def values(self) -> dict[str, str]:
        return {"field": self.field, "before": self.before, "after": self.after}


def names_in(events: Iterable[Event]) -> Names:
    """Return the names for `describe`, with at most two queries."""
    updates = [event.changes for event in events if event.kind == Event.Kind.UPDATE]
    people = get_user_model().objects.in_bulk(_ids(updates, "assigned"))
    sprints = Sprint.objects.in_bulk(_ids(updates, "sprint"))
    return Names(
        {pk: _full_name(person) for pk, person in people.items()},
        {pk: str(sprint) for pk, sprint in sprints.items()},
    )


def _ids(updates: list[dict[str, Any]], field: str) -> set[int]:
    return {pk for changes in updates for pk in changes.get(field, ()) if pk is not None}


def story(task_id: int, limit: int | None = None) -> list[StoryLine]:
    """Return the history of a task, the `limit` newest events first, with a line for each change of an event.

    Comments are not in it, only their deletions.
    """
    events = [event for event in events_of_row(task_id, None)[:limit] if not _shows_as_comment(event)]
    names = names_in(events)
    return [
        {
            "seq": event.seq,
            "at": event.created_at,
            "text": change.sentence.story % {"who": actor(event), **change.values()},
        }
        for event in events
        for change in _changes(event, names)
    ]


def _shows_as_comment(event: Event) -> bool:
    change = comment(event)
    return change is not None and change["text"][1] is not None


def actor(event: Event) -> str:
    """Return the name of the event's actor."""
    return _full_name(event.actor) if event.actor else "Lightboard"


def _full_name(person: User) -> str:
    return person.get_full_name() or person.username


def quoted(name: object) -> str:
    return gettext("“%(name)s”") % {"name": name}


def describe(event: Event, names: Names, what: str, who: str | None = None) -> str:
    """Return an event as one sentence in the active language: "Moved “Draw” to In Testing".

    `what` is the task or sprint as the object of the sentence. `who` is its subject, if it has one.
    """
    change = _summarize(event, _changes(event, names))
    sentence = change.sentence.news if who else change.sentence.toast
    return sentence % {"who": who, "what": what, **change.values()}


def describe_change(event: Event, what: str) -> str:
    """Describe the whole change that an event is part of: "Moved 5 tasks to Sprint 14", "Closed “Sprint 13”".

    `what` is the task or sprint of the event itself.
    """
    events = events_of_change(event)
    chief = next((one for one in events if one.task is None), event)
    if chief.task is None and event.task is not None:
        what = quoted(Sprint.objects.get(pk=chief.row_id))
    elif chief.task is not None and len(events) > 1:
        what = ngettext("%(count)s task", "%(count)s tasks", len(events)) % {"count": len(events)}
    return describe(chief, names_in([chief]), what)


def tell(events: Sequence[Event], names: Names, name: str) -> Telling:
    """Tell what one person did to one task or sprint. The events are newest first, `name` is that of the row."""
    row = {"who": actor(events[0]), "what": quoted(name)}
    changes = [change for event in events for change in _changes(event, names)]
    if len(changes) == 1:
        sentence = changes[0].sentence
        return _split(sentence.line or sentence.news, row | changes[0].values())
    # That it was created or deleted says more than a number.
    chief = next((change for change in changes if change.sentence in (CREATED, DELETED)), None)
    telling = _split(chief.sentence.news, row) if chief else _count(len(changes), row)
    rest = [change for change in changes if change is not chief]
    is_task = events[0].task is not None
    sentences = [change.sentence.story if is_task else change.sentence.news for change in rest]
    details = [sentence % {**row, **change.values()} for sentence, change in zip(sentences, rest, strict=True)]
    return telling._replace(details=details)


def tell_batch(event: Event, names: Names, count: int) -> Telling:
    """Tell of a change of several tasks, which an event stands for: "Ana moved 5 tasks to Sprint 14"."""
    what = ngettext("%(count)s task", "%(count)s tasks", count) % {"count": count}
    change = _summarize(event, _changes(event, names))
    return _split(change.sentence.news, {"who": actor(event), "what": what, **change.values()})


def _count(count: int, row: Mapping[str, str]) -> Telling:
    sentence = ngettext(
        "%(who)s made %(count)s change to %(what)s", "%(who)s made %(count)s changes to %(what)s", count
    )
    return _split(sentence, {**row, "count": str(count)})


def _split(sentence: object, values: Mapping[str, str]) -> Telling:
    """Return a sentence with its values. If it doesn't name the row, which was renamed, the new name stands for it."""
    text = str(sentence)
    found = "%(what)s" if "%(what)s" in text else "%(after)s"
    before, _, after = text.partition(found)
    return Telling(before % values, found % values, after % values)


def _summarize(event: Event, changes: list[Change]) -> Change:
    """Return the only change, the move if there is one, or the list of changed fields."""
    if len(changes) == 1 or not changes[0].field:
        return changes[0]
    names = get_text_list([change.field for change in changes], gettext("and"))
    return Change(_changed(event), str(names))


def _changes(event: Event, names: Names) -> list[Change]:
    kind = kind_of(event)
    if not kind.exists_before:
        return [_addition(event)]
    if not kind.exists_after:
        return [Change(DELETED)]
    if remark := comment(event):
        return [Change(_comment_sentence(event, remark))]
    if item := checked_item(event):
        text = Truncator(plain_excerpt(item.text)).chars(ITEM_LENGTH)
        return [Change(CHECKED if item.is_checked else UNCHECKED, str(FIELDS["description"]), after=quoted(text))]
    changed = fields(event)
    if step := _life_cycle(changed):
        return [step]
    # Moves set these dates, so they are not separate changes.
    moved = {*PLACE, "started", "completed"} if "status" in changed else PLACE
    # PostgreSQL does not keep the order of a JSON object's keys.
    edits = [_edit(event, name, changed[name], names) for name in FIELDS if name in changed and name not in moved]
    return [_move(event, changed, names), *edits] if changed.keys() & set(PLACE) else edits


def _comment_sentence(event: Event, change: CommentChange) -> Sentence:
    before, after = change["text"]
    if after is None:
        return COMMENT_DELETED
    if before is None:
        return COMMENTED if undone(event) is None else COMMENT_RESTORED
    return COMMENT_EDITED


def _life_cycle(changed: dict[str, list[Any]]) -> Change | None:
    if "closed_at" in changed:
        return Change(CLOSED if changed["closed_at"][1] else REOPENED)
    if "started_at" in changed:
        return Change(STARTED) if changed["started_at"][1] else Change(CHANGED_BACK, str(FIELDS["start"]))
    return None


def _addition(event: Event) -> Change:
    if undone(event) is None:
        return Change(CREATED)
    if event.task is None:
        return Change(RESTORED)
    in_sprint = _column(event.changes["status"][1])
    return Change(RESTORED_TO, after=str(Column.BACKLOG.label) if event.sprint is None else in_sprint)


def _move(event: Event, changed: dict[str, list[Any]], names: Names) -> Change:
    is_undo = undone(event) is not None
    if not changed.keys() & {"status", "sprint"}:
        return Change(MOVED_BACK_WITHIN if is_undo else MOVED_WITHIN)
    sentence = MOVED_BACK if is_undo else MOVED
    if "sprint" not in changed:
        before, after = map(_column, changed["status"])
        return Change(sentence, before=before, after=after)
    before, after = map(names.place, changed["sprint"])
    if changed["sprint"][0] is None and batch(event) is None:
        # From the backlog onto the sprint's board: name the column rather than the sprint.
        after = _column(changed.get("status", [None, Status.TODO])[1])
    return Change(sentence, before=before, after=after)


def _column(status: int) -> str:
    return str(Column[Status(status).name].label)


def _edit(event: Event, name: str, pair: list[Any], names: Names) -> Change:
    field, (before, after) = str(FIELDS[name]), pair
    if name == "name" and before and after:
        return Change(RENAMED, field, quoted(before), quoted(after))
    if name == "assigned":
        return _assignment(field, before, after, names)
    if name in ("name", "goal", "description"):
        return Change(_changed(event), field)
    if name == "points":
        return _estimate(field, before, after)
    if after is None:
        return Change(DATE_REMOVED, field)
    if before is None:
        return Change(DATE_SET, field, after=dates.format_date(date.fromisoformat(after), "SHORT_DATE"))
    return Change(DATE_MOVED, field, *_span(date.fromisoformat(before), date.fromisoformat(after)))


def _estimate(field: str, before: int | None, after: int | None) -> Change:
    if after is None:
        return Change(POINTS_REMOVED, field)
    if before is None:
        return Change(POINTS_SET, field, after=str(after))
    return Change(POINTS_CHANGED, field, str(before), str(after))


def _assignment(field: str, before: int | None, after: int | None, names: Names) -> Change:
    if before is None and after is not None:
        return Change(ASSIGNED, field, after=names.person(after))
    if after is None and before is not None:
        return Change(UNASSIGNED, field, before=names.person(before))
    assert before is not None
    assert after is not None
    return Change(REASSIGNED, field, names.person(before), names.person(after))


def _span(before: date, after: date) -> tuple[str, str]:
    """Format two dates, with the month only once if it is the same."""
    is_same_month = (before.year, before.month) == (after.year, after.month)
    first = date_format(before, "DAY_OF_MONTH") if is_same_month else dates.format_date(before, "SHORT_DATE")
    return first, dates.format_date(after, "SHORT_DATE")


def _changed(event: Event) -> Sentence:
    return CHANGED if undone(event) is None else CHANGED_BACK
