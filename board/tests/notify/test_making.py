"""Notifications are made from the log once."""

from datetime import date, timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone

from board import actions
from board.accounts import actions as account_actions
from board.models import Counter, Following, Mail, Notification
from board.notify import making

pytestmark = pytest.mark.django_db


def make():
    while making.make_notifications():
        pass


def told(person):
    make()
    return list(person.notifications.order_by("seq").values_list("reason", "task"))


def test_an_assignment_a_comment_and_a_move_are_told(user, ben, add, sprint):
    task = add("Draw", assigned=ben)
    actions.add_comment(user, task.pk, "Done?")
    actions.place_task(user, task.pk, actions.Place(sprint.pk, 2))
    assert told(ben) == [("assigned", task.pk), ("commented", task.pk), ("changed", task.pk)]
    assert told(user) == []


def test_authors_of_comments_and_followers_are_told_of_later_comments(user, ben, add, django_user_model):
    cleo = django_user_model.objects.create_user("cleo", password="cleo's own")
    task = add("Draw")
    actions.add_comment(ben, task.pk, "Mine")
    Following.objects.create(person=cleo, task=task, is_on=True)
    actions.add_comment(user, task.pk, "Yours")
    assert told(ben) == [("commented", task.pk)]
    assert told(cleo) == [("commented", task.pk)] * 2


def test_each_event_is_told_once_and_none_is_left_out(user, ben, add, monkeypatch):
    monkeypatch.setattr(making, "BATCH", 3)
    for number in range(8):
        add(f"Task {number}", assigned=ben)
    make()
    make()
    assert ben.notifications.count() == 8
    counter = Counter.objects.get()
    assert counter.notified == counter.value


def test_two_processes_at_once_make_one_notification(ben, add, monkeypatch):
    add("Draw", assigned=ben)
    find_notices = making.find_notices

    def meanwhile_another_process(*args):
        monkeypatch.setattr(making, "find_notices", find_notices)
        making.make_notifications()
        return find_notices(*args)

    monkeypatch.setattr(making, "find_notices", meanwhile_another_process)
    making.make_notifications()
    assert ben.notifications.count() == 1


def test_the_database_refuses_a_second_notification_of_the_same_event(draw, ben):
    def notify():
        Notification.objects.create(person=ben, seq=1, reason="changed", created_at=timezone.now())

    notify()
    with pytest.raises(IntegrityError):
        notify()


def test_if_the_rows_cannot_be_saved_the_cursor_stays(ben, add):
    add("Draw", assigned=ben)
    broken = mock.patch.object(Notification.objects, "bulk_create", side_effect=RuntimeError)
    with broken, pytest.raises(RuntimeError):
        making.make_notifications()
    assert told(ben) != []


def test_a_batch_ends_with_a_whole_change(user, ben, add, sprint, monkeypatch):
    tasks = [add(f"Task {number}", assigned=ben).pk for number in range(5)]
    make()
    ben.notifications.all().delete()
    monkeypatch.setattr(making, "BATCH", 2)
    actions.move_tasks(user, tasks, sprint.pk)
    assert told(ben) == [("changed", None)]


def test_deactivated_and_only_invited_people_are_not_told(user, ben, add):
    eve = account_actions.invite(user, "eve")
    account_actions.deactivate(None, ben)
    add("Draw", assigned=eve)
    add("Paint", assigned=ben, description="@eve @ben")
    make()
    assert not Notification.objects.exists()


def test_making_needs_the_same_number_of_statements_for_one_event_and_for_many(
    user, ben, add, django_assert_num_queries
):
    for count in (1, 12):
        for number in range(count):
            actions.add_comment(user, add(f"Task {number}", assigned=ben).pk, "@ben")
        with django_assert_num_queries(11):
            making.make_notifications()


def test_events_before_a_time_are_skipped(ben, add):
    add("Draw", assigned=ben)
    noon = timezone.now()
    add("Paint", assigned=ben)
    making.skip_events(before=noon)
    assert [reason for reason, _ in told(ben)] == ["assigned"]


# Mails


@pytest.fixture
def reachable(ben, settings):
    """Ben with an email address, on a server that sends mails."""
    settings.SENDS_MAIL = True
    User.objects.filter(pk=ben.pk).update(email="ben@example.org")

    def prefer(**profile):
        account_actions.change_profile(ben, name="Ben", email="ben@example.org", **profile)
        return ben

    return prefer


def test_mentions_and_assignments_of_a_minute_are_one_mail_about_their_task(user, reachable, add):
    ben = reachable()
    task = add("Draw", assigned=ben)
    make()
    actions.add_comment(user, task.pk, "@ben")
    actions.change_task(user, task.pk, name="Paint")
    make()
    mail = Mail.objects.get()
    assert (mail.person, mail.thread) == (ben, f"task-{task.pk}")
    assert [one.reason for one in mail.notifications.order_by("seq")] == ["assigned", "mentioned"]
    assert timedelta(seconds=50) < mail.due_at - timezone.now() <= timedelta(minutes=1)


def test_a_mail_that_is_being_sent_gets_no_further_notifications(user, reachable, add):
    ben = reachable()
    task = add("Draw", assigned=ben)
    make()
    Mail.objects.update(attempts=1)
    actions.add_comment(user, task.pk, "@ben")
    make()
    assert Mail.objects.count() == 2


def test_the_daily_mail_is_about_everything(user, reachable, add):
    ben = reachable(mails="daily")
    for number in range(3):
        actions.change_task(user, add(assigned=ben).pk, name=f"Task {number}")
        make()
    mail = Mail.objects.get()
    assert (mail.thread, mail.notifications.count()) == ("day", 6)


@pytest.mark.parametrize(
    ("hour", "zone", "expected"),
    [
        (8, "", (3, 8)),
        (12, "", (3, 12)),
        (13, "", (2, 13)),
        (22, "Asia/Tokyo", (2, 13)),
        (7, "America/New_York", (3, 12)),
    ],
)
def test_it_is_due_at_the_chosen_hour_of_the_persons_time_zone(reachable, add, today_is, hour, zone, expected):
    today_is(date(2027, 3, 2))  # noon, UTC
    ben = reachable(mails="daily", mail_hour=hour, time_zone=zone)
    add("Draw", assigned=ben)
    make()
    due_at = Mail.objects.get().due_at
    assert (due_at.day, due_at.hour, due_at.minute) == (*expected, 0)


def test_who_wants_none_or_has_no_address_gets_no_mail(reachable, ben, add, settings):
    add("Draw", assigned=reachable(mails="none"))
    make()
    add("Draw", assigned=reachable(mails="once"))
    User.objects.filter(pk=ben.pk).update(email="")
    make()
    User.objects.filter(pk=ben.pk).update(email="ben@example.org")
    settings.SENDS_MAIL = False
    add("Draw", assigned=ben)
    make()
    assert ben.notifications.count() == 3
    assert not Mail.objects.exists()


def test_what_was_read_long_ago_and_records_of_old_mails_are_deleted(draw, ben):
    old = timezone.now() - making.RETENTION - timedelta(minutes=1)
    for seq, (created_at, read_at) in enumerate([(old, old), (old, None), (timezone.now(), old)], 100):
        Notification.objects.create(person=ben, seq=seq, reason="changed", created_at=created_at, read_at=read_at)
    for due_at in (None, old):
        Mail.objects.create(person=ben, thread="day", created_at=old, due_at=due_at)
    making.prune()
    assert list(ben.notifications.order_by("seq").values_list("seq", flat=True)) == [101, 102]
    assert Mail.objects.get().due_at
