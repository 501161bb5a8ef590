"""Makes notifications, and the mails about them, from the log: each once, whatever process dies."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from board.accounts import users
from board.history import log
from board.history.schema import batch
from board.live import notifications
from board.models import Comment, Counter, Event, Following, Mail, Notification, Profile, Task

from .concerned import Notice, Reason, Team, find_notices

BATCH = 200
# Mentions and assignments of this time are collected in one mail about their task.
MAIL_AFTER = timedelta(minutes=1)
RETENTION = timedelta(days=90)
MAIL_RETENTION = timedelta(days=14)


def make_notifications() -> bool:
    """Make the notifications of the next events after the cursor. Return whether there were any events."""
    cursor = Counter.objects.get(pk=1)
    if cursor.notified >= cursor.value:
        return False
    events = _next_events(cursor.notified)
    people = {person.pk: person for person in notified_people()}
    notices = find_notices(events, _team(events, people.values()))
    newest = events[-1].seq if events else cursor.value
    with transaction.atomic():
        # Only one process moves the cursor. The notifications of another one would be duplicates.
        if Counter.objects.filter(pk=1, notified=cursor.notified).update(notified=newest):
            _save(notices, people)
    return True


def skip_events(before: datetime) -> None:
    """Make no notifications of the events before a time."""
    skipped = Event.objects.filter(created_at__lt=before).aggregate(newest=Max("seq"))
    Counter.objects.filter(pk=1).update(notified=skipped["newest"] or 0)


def _next_events(cursor: int) -> list[Event]:
    """Return the next events, with all of the last change."""
    events = list(log.since(cursor, BATCH))
    last = batch(events[-1]) if events else None
    if last is None:
        return events
    return [event for event in events if batch(event) != last] + log.events_of_change(events[-1])


def notified_people() -> list[User]:
    """Return the active people who have an account, not only an invitation."""
    active = User.objects.filter(is_active=True).select_related("profile").order_by("pk")
    return [person for person in active if not users.is_invited(person)]


def _team(events: Iterable[Event], people: Iterable[User]) -> Team:
    tasks = {event.task for event in events if event.task is not None}
    assigned = Task.objects.filter(pk__in=tasks, assigned__isnull=False).values_list("pk", "assigned_id")
    authors = defaultdict(list)
    comments = Comment.objects.filter(task__in=tasks, author__isnull=False).order_by("pk")
    for task, seq, author in comments.values_list("task_id", "pk", "author_id"):
        authors[task].append((seq, author))
    wishes: dict[int, dict[int, bool]] = defaultdict(dict)
    for task, person, is_on in Following.objects.filter(task__in=tasks).values_list(
        "task_id", "person_id", "is_on"
    ):
        wishes[task][person] = is_on
    return Team({person.username: person.pk for person in people}, dict(assigned), authors, wishes)


def _save(notices: Collection[Notice], people: dict[int, User]) -> None:
    if not notices:
        return
    mails = _waiting_mails(people)
    rows = [
        Notification(
            person_id=notice.person,
            seq=notice.event.seq,
            reason=notice.reason,
            task=notice.task,
            sprint=notice.event.sprint,
            created_at=notice.event.created_at,
            mail=_mail_about(notice, people[notice.person], mails),
        )
        for notice in notices
    ]
    Notification.objects.bulk_create(rows)
    transaction.on_commit(lambda: notifications.publish(notifications.NOTIFICATION), robust=True)


def _waiting_mails(people: Collection[int]) -> dict[tuple[int, str], Mail]:
    """Lock and return the mails that nobody has begun to send, so that they can be about more."""
    waiting = Mail.objects.select_for_update().filter(person__in=people, attempts=0, due_at__gt=timezone.now())
    return {(mail.person_id, mail.thread): mail for mail in waiting}


def _mail_about(notice: Notice, person: User, mails: dict[tuple[int, str], Mail]) -> Mail | None:
    """Return the mail that is to be about a notice: a waiting or a new one, or None if the person wants none."""
    profile = users.profile_of(person)
    if not (settings.SENDS_MAIL and person.email):
        return None
    if profile.mails == Profile.Mails.DAILY:
        thread, due_at = "day", next_mail_hour(profile, timezone.now())
    elif profile.mails == Profile.Mails.AT_ONCE and notice.reason in (Reason.MENTIONED, Reason.ASSIGNED):
        thread = f"change-{notice.event.seq}" if notice.task is None else f"task-{notice.task}"
        due_at = timezone.now() + MAIL_AFTER
    else:
        return None
    if (person.pk, thread) not in mails:
        mails[person.pk, thread] = Mail.objects.create(person=person, thread=thread, due_at=due_at)
    return mails[person.pk, thread]


def next_mail_hour(profile: Profile, now: datetime) -> datetime:
    """Return when the next daily mail is due: at the chosen hour in the person's time zone."""
    local = now.astimezone(ZoneInfo(profile.time_zone or settings.TIME_ZONE))
    due_at = local.replace(hour=profile.mail_hour, minute=0, second=0, microsecond=0)
    return due_at if due_at > local else due_at + timedelta(days=1)


def prune() -> None:
    """Delete what was read long ago, and the records of old mails."""
    now = timezone.now()
    Notification.objects.filter(read_at__isnull=False, created_at__lt=now - RETENTION).delete()
    Mail.objects.filter(due_at=None, created_at__lt=now - MAIL_RETENTION).delete()
