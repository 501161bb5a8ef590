"""Webhooks: turns events into deliveries, and sends them through the outbox (board.notify.outbox).

Nothing is lost when a process dies: a webhook has a cursor in the log, and it and the deliveries are saved together.
"""

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from board.history import log
from board.notify import outbox
from board.notify.outbox import OutboxWorker

from .event_payloads import EventPayloads
from .models import Delivery, Webhook

if TYPE_CHECKING:
    from types import ModuleType

    from .delivery import Outcome  # httpx takes long to load

logger = logging.getLogger(__name__)

BATCH = 200
RETENTION = timedelta(days=14)
GONE = 410


class WebhookWorker(OutboxWorker["Delivery", "Outcome"]):
    name = "webhook worker"
    max_concurrent, max_concurrent_per_owner = 12, 3

    def start(self) -> None:
        self._http: Any = None
        self._client: Any = None
        super().start()

    async def stop(self) -> None:
        await super().stop()
        if self._client:
            await self._client.aclose()

    def make(self) -> None:
        make_deliveries()

    def find_due(self) -> list[tuple[int, int]]:
        return find_due_webhooks()

    def claim(self, recipient: int) -> Delivery | None:
        return claim(recipient)

    async def send(self, row: Delivery) -> "Outcome":
        if self._client is None:
            self._http = await self.in_thread(load_http_delivery)
            self._client = await self.in_thread(self._http.new_client)
        outcome: Outcome = await self._http.send(self._client, row)
        return outcome

    def record(self, row: Delivery, outcome: "Outcome") -> None:
        record_attempt(row, outcome)

    def prune(self) -> None:
        prune()


def load_http_delivery() -> "ModuleType":
    """Return the module that sends deliveries. httpx takes long to load, and most processes never need it."""
    from . import delivery

    return delivery


def make_deliveries() -> None:
    """Make deliveries for all events after the webhooks' cursors."""
    behind = Webhook.objects.on().filter(cursor__lt=log.newest_number())
    batches = [(webhook, *new_deliveries(webhook)) for webhook in behind]
    if not batches:
        return
    with transaction.atomic():
        for webhook, seq, deliveries in batches:
            # Only one process moves the cursor. The deliveries of another one would be duplicates.
            if Webhook.objects.filter(pk=webhook.pk, cursor=webhook.cursor).update(cursor=seq):
                Delivery.objects.bulk_create(deliveries)


def new_deliveries(webhook: Webhook) -> tuple[int, list[Delivery]]:
    """Return (next cursor, unsaved deliveries) of at most `BATCH` events after a webhook's cursor."""
    events = list(log.since(webhook.cursor, BATCH))
    if not events:
        return log.newest_number(), []
    site = urlsplit(settings.SITE_URL or webhook.site)
    payloads = EventPayloads(site.netloc, site.scheme == "https")
    messages = [(f"{message['model']}.{message['action']}", message) for message in payloads.messages(events)]
    return events[-1].seq, [
        Delivery(webhook=webhook, kind=kind, body=json.dumps(message))
        for kind, message in messages
        if kind in webhook.kinds
    ]


def find_due_webhooks() -> list[tuple[int, int]]:
    """Return [(id, owner's id)] of the webhooks with due deliveries."""
    due = Delivery.objects.filter(webhook=OuterRef("pk"), due_at__lte=timezone.now())
    return list(Webhook.objects.on().filter(Exists(due)).values_list("pk", "owner_id"))


def claim(webhook_id: int) -> Delivery | None:
    """Claim the oldest due delivery of a webhook. Return None if there is none."""
    webhooks = Webhook.objects.on().filter(pk=webhook_id)
    return outbox.claim_first(Delivery.objects.filter(webhook__in=webhooks).select_related("webhook"))


def record_attempt(delivery: Delivery, outcome: "Outcome") -> None:
    """Record the outcome of an attempt and schedule the next one, or turn the webhook off if it keeps failing."""
    is_last = outbox.set_outcome(delivery, outcome, is_final=outcome.status == GONE)
    delivery.status, delivery.milliseconds = outcome.status, outcome.milliseconds
    with transaction.atomic():
        # The webhook may have been deleted meanwhile.
        if not outbox.save_outcome(delivery, "status", "milliseconds"):
            return
        reason = is_last and not outcome.is_success and _find_reason_to_switch_off(delivery)
        if reason:
            webhook = delivery.webhook
            webhook.disable(*reason)
            logger.warning("Webhook %s of %s was turned off: %s", webhook.pk, webhook.owner, webhook.off_reason)


def _find_reason_to_switch_off(delivery: Delivery) -> tuple[str, ...] | None:
    if delivery.status == GONE:
        return ("gone",)
    since = Delivery.objects.filter(webhook=delivery.webhook_id, delivered_at__gte=delivery.created_at)
    if since.exists():
        return None
    return "since", delivery.created_at.isoformat(timespec="seconds")


def prune() -> None:
    """Delete deliveries older than `RETENTION`."""
    Delivery.objects.filter(created_at__lt=timezone.now() - RETENTION).delete()


worker = WebhookWorker()
