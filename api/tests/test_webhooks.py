"""What webhooks are told, when it is tried again, and when no longer."""

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest
from django.utils import timezone

from api import webhooks
from api.delivery import Outcome
from api.models import Delivery, Webhook
from api.webhooks import claim, find_due_webhooks, make_deliveries, prune, record_attempt
from board import actions
from board.history import log
from board.models import Event
from board.notify import outbox

OK = Outcome(200, "ok", 5)
NO = Outcome(500, "no", 5)


@pytest.fixture
def open_webhook(ada):
    def open_one(*kinds, owner=ada, **fields):
        webhook = Webhook(owner=owner, url="https://hooks.example/", kinds=list(kinds), **fields)
        webhook.site = "https://board.example.org:8443"
        webhook.register()
        return webhook

    return open_one


@pytest.fixture
def delivery(open_webhook, ada):
    """A delivery that waits."""
    open_webhook("task.add")
    actions.add_task(ada, name="Draw the columns")
    make_deliveries()
    return Delivery.objects.get()


def pass_time(**by):
    """Let what is planned become due that much earlier."""
    for one in Delivery.objects.exclude(due_at=None):
        Delivery.objects.filter(pk=one.pk).update(due_at=one.due_at - timedelta(**by))


def attempt(outcome):
    """Take what is due to the one webhook and let the attempt go so; returns the delivery as it is then."""
    delivery = claim(Webhook.objects.get().pk)
    record_attempt(delivery, outcome)
    delivery.refresh_from_db()
    return delivery


# What is told


def test_a_change_becomes_a_delivery_with_the_event_as_on_the_socket(open_webhook, ada, sprint):
    webhook = open_webhook("task.add")
    task = actions.add_task(ada, name="Draw the columns", sprint_id=sprint.pk)
    make_deliveries()
    delivery = webhook.deliveries.get()
    body = json.loads(delivery.body)
    assert delivery.kind == "task.add"
    assert (body["model"], body["id"], body["action"], body["seq"]) == ("task", task.pk, "add", task.version)
    assert body["body"]["name"] == "Draw the columns"
    assert body["body"]["links"]["self"] == f"https://board.example.org:8443/api/tasks/{task.pk}"


def test_messages_about_a_sprint_contain_no_channel(open_webhook, ada, today):
    webhook = open_webhook("sprint.add")
    actions.add_sprint(ada, end=today)
    make_deliveries()
    assert json.loads(webhook.deliveries.get().body)["body"]["links"]["channel"] is None


def test_only_new_events_of_the_chosen_kinds_are_delivered(open_webhook, ada, sprint):
    task = actions.add_task(ada, name="Before", sprint_id=sprint.pk)
    webhook = open_webhook("task.update", "task.remove")
    actions.add_task(ada, name="Not asked for")
    actions.change_task(ada, task.pk, name="Renamed")
    make_deliveries()
    actions.remove_task(ada, task.pk)
    actions.change_sprint(ada, sprint.pk, name="Renamed")
    make_deliveries()
    assert list(webhook.deliveries.order_by("pk").values_list("kind", flat=True)) == ["task.update", "task.remove"]


def test_each_event_is_delivered_once_and_none_is_left_out(open_webhook, ada, monkeypatch):
    monkeypatch.setattr(webhooks, "BATCH", 3)
    webhook = open_webhook("task.add")
    for number in range(8):
        actions.add_task(ada, name=f"Task {number}")
    for _ in range(6):
        make_deliveries()
    names = [
        json.loads(body)["body"]["name"]
        for body in webhook.deliveries.order_by("pk").values_list("body", flat=True)
    ]
    assert names == [f"Task {number}" for number in range(8)]


def test_two_processes_that_poll_at_once_make_one_delivery(open_webhook, ada, monkeypatch):
    webhook = open_webhook("task.add")
    actions.add_task(ada, name="Draw the columns")
    other = webhooks.new_deliveries

    def meanwhile_another_process(webhook):
        monkeypatch.setattr(webhooks, "new_deliveries", other)
        mine = other(webhook)
        make_deliveries()
        return mine

    monkeypatch.setattr(webhooks, "new_deliveries", meanwhile_another_process)
    make_deliveries()
    assert webhook.deliveries.count() == 1


def test_a_log_that_was_cut_is_no_obstacle(open_webhook, ada):
    webhook = open_webhook("task.add")
    actions.add_task(ada, name="Forgotten")
    Event.objects.all().delete()
    make_deliveries()
    webhook.refresh_from_db()
    assert webhook.cursor == log.newest_number()


def test_nothing_is_written_while_nothing_happens(open_webhook, ada, django_assert_num_queries):
    open_webhook("task.add")
    with django_assert_num_queries(3):
        make_deliveries()
        assert find_due_webhooks() == []


def test_a_webhook_of_a_deactivated_user_gets_nothing(delivery, ada):
    ada.is_active = False
    ada.save()
    actions.add_task(None, name="Later")
    make_deliveries()
    assert find_due_webhooks() == []
    assert claim(delivery.webhook_id) is None
    assert Delivery.objects.count() == 1


# Attempts


def test_a_claimed_delivery_cannot_be_claimed_again(delivery):
    assert find_due_webhooks() == [(delivery.webhook_id, delivery.webhook.owner_id)]
    assert claim(delivery.webhook_id) == delivery
    assert find_due_webhooks() == []
    assert claim(delivery.webhook_id) is None


def test_only_one_of_two_concurrent_claims_succeeds(delivery, monkeypatch):
    filter_ = Delivery.objects.filter
    taken = []

    def first_another_process(**wanted):
        if "due_at" in wanted and not taken:
            taken.append(None)
            taken.append(claim(delivery.webhook_id))
        return filter_(**wanted)

    monkeypatch.setattr(Delivery.objects, "filter", first_another_process)
    assert claim(delivery.webhook_id) is None
    assert taken == [None, delivery]


def test_a_process_that_dies_over_a_delivery_costs_a_minute(delivery):
    claim(delivery.webhook_id)
    pass_time(seconds=59)
    assert claim(delivery.webhook_id) is None
    pass_time(seconds=2)
    assert claim(delivery.webhook_id) == delivery


def test_the_oldest_comes_first(open_webhook, ada):
    webhook = open_webhook("task.add")
    for number in range(3):
        actions.add_task(ada, name=f"Task {number}")
    make_deliveries()
    taken = [claim(webhook.pk).pk for _ in range(3)]
    assert taken == sorted(taken)


def test_a_successful_delivery_is_not_repeated(delivery):
    done = attempt(OK)
    assert (done.status, done.response, done.milliseconds, done.attempts) == (200, "ok", 5, 1)
    assert done.delivered_at
    pass_time(days=1)
    assert find_due_webhooks() == []


def test_failed_deliveries_are_retried_with_growing_delays(delivery):
    waits = []
    for _ in range(len(outbox.RETRY_AFTER)):
        failed = attempt(NO)
        waits.append(round((failed.due_at - failed.attempted_at).total_seconds()))
        assert find_due_webhooks() == []
        pass_time(seconds=waits[-1])
    assert waits == [10, 60, 300, 1800, 7200, 28800]
    assert attempt(OK).delivered_at
    assert Webhook.objects.on().exists()


def fail_to_the_end():
    for _ in range(len(outbox.RETRY_AFTER) + 1):
        failed = attempt(NO)
        pass_time(hours=9)
    return failed


def test_when_nothing_gets_through_to_the_end_the_webhook_is_switched_off(delivery):
    assert fail_to_the_end().due_at is None
    webhook = Webhook.objects.get()
    assert webhook.disabled_at
    assert webhook.off_reason.startswith("No delivery has succeeded since")


def test_one_message_that_the_receiver_cannot_take_switches_nothing_off(delivery, ada):
    actions.add_task(ada, name="Another")
    make_deliveries()
    other = Delivery.objects.exclude(pk=delivery.pk).get()
    Delivery.objects.filter(pk=other.pk).update(due_at=None, delivered_at=timezone.now())
    fail_to_the_end()
    assert Webhook.objects.on().exists()


def test_a_410_turns_the_webhook_off_at_once(delivery):
    gone = attempt(Outcome(410, "", 5))
    assert gone.due_at is None
    assert "410" in Webhook.objects.get().off_reason


def test_a_webhook_that_is_off_gets_nothing(delivery, ada):
    delivery.webhook.disable("For a test.")
    actions.add_task(ada, name="Unheard")
    make_deliveries()
    assert find_due_webhooks() == []
    assert claim(delivery.webhook_id) is None
    assert Delivery.objects.count() == 1


def test_switched_on_it_goes_on_from_now_with_what_waited(delivery, ada):
    webhook = delivery.webhook
    webhook.disable("For a test.")
    actions.add_task(ada, name="Unheard")
    webhook.enable()
    actions.add_task(ada, name="Heard")
    make_deliveries()
    names = [json.loads(claim(webhook.pk).body)["body"]["name"] for _ in range(2)]
    assert names == ["Draw the columns", "Heard"]
    assert claim(webhook.pk) is None


def test_redelivering_starts_from_the_first_attempt_under_the_same_key(delivery):
    attempt(OK)
    delivery.redeliver()
    again = claim(delivery.webhook_id)
    assert (again.key, again.attempts) == (delivery.key, 1)


def test_a_webhook_that_is_deleted_during_an_attempt_is_no_fault(delivery):
    taken = claim(delivery.webhook_id)
    Webhook.objects.all().delete()
    record_attempt(taken, NO)
    assert not Delivery.objects.exists()


def test_old_deliveries_are_forgotten(delivery, ada):
    actions.add_task(ada, name="Another")
    make_deliveries()
    Delivery.objects.filter(pk=delivery.pk).update(
        created_at=timezone.now() - webhooks.RETENTION - timedelta(minutes=1)
    )
    prune()
    assert delivery.pk not in Delivery.objects.values_list("pk", flat=True)
    assert Delivery.objects.count() == 1


# Whose turn it is


async def test_slow_receivers_delay_only_webhooks_of_the_same_owner(monkeypatch):
    slow, quick, delivered = 1, 2, asyncio.Event()
    to_do = dict.fromkeys(range(webhooks.WebhookWorker.max_concurrent + 1), slow) | {99: quick}

    class Sending:
        @staticmethod
        def new_client():
            return SimpleNamespace(aclose=AsyncMock())

        @staticmethod
        async def send(client, owner):
            if owner == slow:
                await asyncio.Future()
            delivered.set()
            return OK

    monkeypatch.setattr(webhooks, "make_deliveries", lambda: None)
    monkeypatch.setattr(webhooks, "prune", lambda: None)
    monkeypatch.setattr(webhooks, "record_attempt", lambda *args: None)
    monkeypatch.setattr(webhooks, "load_http_delivery", lambda: Sending)
    monkeypatch.setattr(webhooks, "find_due_webhooks", lambda: list(to_do.items()))
    monkeypatch.setattr(webhooks, "claim", lambda number: to_do.pop(number, None))
    worker = webhooks.WebhookWorker()
    worker.start()
    worker.wake()
    async with asyncio.timeout(20):
        await delivered.wait()
    await worker.stop()
