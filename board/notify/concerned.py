"""Rules: whom an event concerns, and why. Nothing here reads the database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from board.history.schema import batch, comment, fields, undone
from board.models import Event, Notification
from board.text.references import usernames_in
from board.text.usernames import match_usernames

Reason = Notification.Reason
IMPORTANCE = list(Reason)
# A change of nothing else concerns nobody.
QUIET = {"order", "comment_count", "carried"}


@dataclass(frozen=True)
class Team:
    """What the rules need to know besides the events.

    `assigned` is {task id: person id} after the events, `authors` {task id: [(number of the event, person id)]} of the
    comments, and `wishes` {task id: {person id: whether to be notified}}.
    """

    # {username: person id} of those who may be notified.
    people: Mapping[str, int]
    assigned: Mapping[int, int]
    authors: Mapping[int, Sequence[tuple[int, int]]]
    wishes: Mapping[int, Mapping[int, bool]]


class Notice(NamedTuple):
    """A notification to be made. `task` is None if it is about several tasks, or about a sprint."""

    person: int
    event: Event
    reason: Reason
    task: int | None


def find_notices(events: Sequence[Event], team: Team) -> list[Notice]:
    """Return the notices of consecutive events, which must not end within a change of several rows."""
    found: dict[tuple[int, int], list[tuple[Event, Reason]]] = defaultdict(list)
    for event, owners in zip(events, _owners(events, team.assigned), strict=True):
        for person, reason in concerned(event, owners, team).items():
            found[person, batch(event) or event.seq].append((event, reason))
    return [_summarize(person, reasons) for (person, _), reasons in found.items()]


def _owners(events: Sequence[Event], assigned: Mapping[int, int]) -> list[set[int]]:
    """Return the people to whom each event's task was assigned before or after it."""
    now: dict[int, int | None] = {**assigned}
    owners = []
    for event in reversed(events):
        if event.task is None:
            owners.append(set[int]())
            continue
        after = now.get(event.task)
        before, _ = event.changes.get("assigned", (after, after))
        now[event.task] = before
        owners.append({pk for pk in (before, after) if pk is not None})
    return owners[::-1]


def concerned(event: Event, owners: set[int], team: Team) -> dict[int, Reason]:
    """Return {person id: most important reason}. `owners` are those to whom the task is or was assigned."""
    found: dict[int, Reason] = {}
    reasons = _of_sprint(event, team) if event.task is None else _of_task(event, owners, team)
    for person, reason in reasons:
        if person in team.people.values() and person != event.actor_id:
            found[person] = min(reason, found.get(person, reason), key=IMPORTANCE.index)
    return found


def _of_sprint(event: Event, team: Team) -> Iterator[tuple[int, Reason]]:
    """Yield everyone if a sprint was started or closed. Reopening it or undoing the start is none of both."""
    steps = (event.changes.get(name, [None, None]) for name in ("started_at", "closed_at"))
    if event.kind == Event.Kind.UPDATE and any(before is None and after is not None for before, after in steps):
        yield from ((person, Reason.SPRINT) for person in team.people.values())


def _of_task(event: Event, owners: set[int], team: Team) -> Iterator[tuple[int, Reason]]:
    task = event.task
    assert task is not None
    for person in match_usernames(_newly_mentioned(event), team.people).values():
        yield person, Reason.MENTIONED
    _, assignee = event.changes.get("assigned", (None, None))
    if assignee is not None and not _is_restored(event):
        yield assignee, Reason.ASSIGNED
    wishes = team.wishes.get(task, {})
    listeners = owners | {person for person, is_on in wishes.items() if is_on}
    reason = Reason.CHANGED if _is_change(event) else None
    if comment(event):
        listeners |= {person for seq, person in team.authors.get(task, ()) if seq < event.seq}
        reason = Reason.COMMENTED if _is_new_comment(event) else None
    if reason:
        yield from ((person, reason) for person in listeners if wishes.get(person, True))


def _newly_mentioned(event: Event) -> set[str]:
    """Return the usernames that a change of the description or a comment added."""
    remark = comment(event)
    before, after = remark["text"] if remark else event.changes.get("description", (None, None))
    if not after or _is_restored(event):
        return set()
    return usernames_in(after) - usernames_in(before or "")


def _is_restored(event: Event) -> bool:
    """Return whether a deleted task or comment was brought back, which mentions and assigns nobody anew."""
    remark = comment(event)
    is_new = remark["text"][0] is None if remark else event.kind == Event.Kind.ADD
    return is_new and undone(event) is not None


def _is_new_comment(event: Event) -> bool:
    remark = comment(event)
    return bool(remark and remark["text"][0] is None) and not _is_restored(event)


def _is_change(event: Event) -> bool:
    """Return whether there is news for those who had to do with the task before, whom a new task has not."""
    if event.kind == Event.Kind.ADD:
        return _is_restored(event)
    return not fields(event).keys() <= QUIET


def _summarize(person: int, reasons: Iterable[tuple[Event, Reason]]) -> Notice:
    """Return the one notice of a change: about its sprint, its only task for this person, or several tasks."""
    (first, reason), *others = sorted(reasons, key=lambda one: (one[0].task is not None, one[0].seq))
    if first.task is None or not others:
        return Notice(person, first, reason, first.task)
    return Notice(person, first, min((reason, *(one for _, one in others)), key=IMPORTANCE.index), None)
