"""The webhook worker: turns events into deliveries, sends them, and retries those that fail.

Nothing is lost when a process dies: a webhook has a cursor in the log, deliveries are rows, and both are saved before
anything is sent. Every process has a worker. A worker postpones a delivery to claim it.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from board.history import log
from board.live import notifications
from board.live.loop import Loop
from board.live.store import with_connection
from board.ops.site_url import set_script_name

from .event_payloads import EventPayloads
from .models import Delivery, Webhook

if TYPE_CHECKING:
    from .delivery import Outcome  # httpx takes long to load

logger = logging.getLogger(__name__)

POLL_EVERY = 5
# Seconds after each turn, so that the next one collects the changes of this time.
PAUSE = 0.3
# Concurrent deliveries in all and per owner, so that slow receivers do not delay those of other owners.
MAX_CONCURRENT, MAX_CONCURRENT_PER_OWNER = 12, 3
BATCH = 200
LEASE = timedelta(minutes=1)
# After the first attempt, which is made at once, and after each retry but the last.
RETRY_AFTER = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
]
RETENTION = timedelta(days=14)
PRUNE_EVERY = 3600
GONE = 410


class WebhookWorker:
    """Makes and sends deliveries on the running event loop. Database queries run in a thread."""

    def __init__(self) -> None:
        self._loop = Loop("webhook worker", self._tick, POLL_EVERY)
        self._thread = ThreadPoolExecutor(1, "webhooks", initializer=set_script_name)

    def start(self) -> None:
        """Start on the running event loop. Further calls do nothing."""
        if self._loop.is_running():
            return
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self._slots_of_owners: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._http: Any = None
        self._client: Any = None
        self._pruned_at: float | None = None
        self._loop.start()
        notifications.subscribe(self.wake)

    async def stop(self) -> None:
        """Stop, so that the worker can start on another event loop."""
        notifications.unsubscribe(self.wake)
        await self._loop.stop()
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)
        if self._client:
            await self._client.aclose()

    def wake(self, topic: object = None) -> None:
        """Poll now instead of at the next interval. May be called from any thread."""
        self._loop.call_from_thread(self._loop.wake)

    async def _tick(self) -> float:
        await self._in_thread(make_deliveries)
        for webhook_id, owner_id in await self._in_thread(find_due_webhooks):
            if webhook_id not in self._busy:
                self._busy[webhook_id] = asyncio.get_running_loop().create_task(
                    self._deliver_all(webhook_id, owner_id)
                )
        if self._pruned_at is None or time.monotonic() - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = time.monotonic()
            await self._in_thread(prune)
        return PAUSE

    async def _deliver_all(self, webhook_id: int, owner_id: int) -> None:
        """Send the due deliveries of a webhook in order, until an attempt fails."""
        owner_slots = self._slots_of_owners.setdefault(owner_id, asyncio.Semaphore(MAX_CONCURRENT_PER_OWNER))
        try:
            while await self._deliver_next(webhook_id, owner_slots):
                pass
        except (DatabaseError, InterfaceError) as error:
            logger.warning(
                "A delivery of webhook %s could not be recorded and will be repeated: %s", webhook_id, error
            )
        except Exception:
            logger.exception("The worker failed to send a delivery of webhook %s.", webhook_id)
        finally:
            del self._busy[webhook_id]

    async def _deliver_next(self, webhook_id: int, owner_slots: asyncio.Semaphore) -> bool:
        """Send the oldest due delivery of a webhook. Return whether it succeeded, so that there may be more."""
        # The delivery is claimed only when it can be sent, because a claim lasts for `LEASE`.
        async with owner_slots, self._slots:
            delivery = await self._in_thread(claim, webhook_id)
            if delivery is None:
                return False
            if self._client is None:
                self._http = await self._in_thread(load_http_delivery)
                self._client = await self._in_thread(self._http.new_client)
            outcome: Outcome = await self._http.send(self._client, delivery)
        await self._in_thread(record_attempt, delivery, outcome)
        return outcome.is_success

    async def _in_thread(self, work: Callable[..., Any], *arguments: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, with_connection, work, *arguments)


def load_http_delivery() -> ModuleType:
    """Return the module that sends deliveries. httpx takes long to load, and most processes never need it."""
    from . import delivery

    return delivery


# The database


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
    """Claim the oldest due delivery of a webhook for `LEASE`. Return None if there is none."""
    now = timezone.now()
    due = Delivery.objects.filter(webhook__in=Webhook.objects.on().filter(pk=webhook_id), due_at__lte=now)
    for delivery in due.select_related("webhook").order_by("pk")[:5]:
        unclaimed = Delivery.objects.filter(pk=delivery.pk, due_at=delivery.due_at)
        if unclaimed.update(due_at=now + LEASE, attempts=F("attempts") + 1):
            delivery.attempts += 1
            return delivery
    return None


def record_attempt(delivery: Delivery, outcome: "Outcome") -> None:
    """Record the outcome of an attempt and schedule the next one, or turn the webhook off if it keeps failing."""
    now = timezone.now()
    delivery.attempted_at = now
    delivery.status, delivery.response, delivery.milliseconds = (
        outcome.status,
        outcome.response,
        outcome.milliseconds,
    )
    delivery.delivered_at = now if outcome.is_success else None
    is_last = outcome.is_success or outcome.status == GONE or delivery.attempts > len(RETRY_AFTER)
    delivery.due_at = None if is_last else now + RETRY_AFTER[delivery.attempts - 1]
    fields = ["attempted_at", "status", "response", "milliseconds", "delivered_at", "due_at"]
    with transaction.atomic():
        # The webhook may have been deleted meanwhile.
        row = Delivery.objects.filter(pk=delivery.pk)
        if not row.update(**{name: getattr(delivery, name) for name in fields}):
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
