"""Telling other machines of changes: what they are sent, when it is tried again, and when no longer.

Nothing is lost with a process: a webhook has a cursor in the log, deliveries are rows, and both are written before
anything is sent. Every process has a worker. It postpones a delivery when it takes it, so that no other worker does.
"""

import asyncio
import contextlib
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
from board.live.store import with_connection
from board.ops.site_url import set_script_name

from .event_payloads import EventPayloads
from .models import Delivery, Webhook

if TYPE_CHECKING:
    from .delivery import Outcome  # its library takes long to load

logger = logging.getLogger(__name__)

LOOK_EVERY = 5
PAUSE = 0.3
# Deliveries under way: in all, and of the webhooks of one owner, so that slow receivers delay nobody else's.
AT_ONCE, AT_ONCE_OF_OWNER = 12, 3
BATCH = 200
LEASE = timedelta(minutes=1)
# The first attempt comes at once; after the last one nothing more is tried.
RETRY_AFTER = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
]
KEPT = timedelta(days=14)
PRUNE_EVERY = 3600
GONE = 410


class WebhookWorker:
    """Makes deliveries of changes and carries them out, on the running event loop; the database has a thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = ThreadPoolExecutor(1, "webhooks", initializer=set_script_name)

    def start(self) -> None:
        """Start working on the running event loop, once."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop = loop
        self._wake = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._places_of_owners: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._http: Any = None
        self._client: Any = None
        self._pruned_at: float | None = None
        self._work_of_loop = loop.create_task(self._work())
        notifications.subscribe(self.look)

    async def stop(self) -> None:
        """Stop working; for tests, which change event loops."""
        notifications.unsubscribe(self.look)
        tasks = [self._work_of_loop, *self._busy.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client:
            await self._client.aclose()
        self._loop = None

    def look(self, bell: object = None) -> None:
        """Look soon, from any thread: something happened, or became due."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _work(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY)
            self._wake.clear()
            try:
                await self._turn()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The webhooks could not be looked at and are looked at again soon: %s", error)
                await asyncio.sleep(LOOK_EVERY)
            except Exception:
                logger.exception("The webhook worker failed at an iteration and goes on.")
                await asyncio.sleep(LOOK_EVERY)
            # What changes meanwhile goes out together.
            await asyncio.sleep(PAUSE)

    async def _turn(self) -> None:
        await self._in_thread(make_deliveries)
        for webhook_id, owner_id in await self._in_thread(webhooks_with_work):
            if webhook_id not in self._busy:
                self._busy[webhook_id] = asyncio.get_running_loop().create_task(self._serve(webhook_id, owner_id))
        if self._pruned_at is None or time.monotonic() - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = time.monotonic()
            await self._in_thread(prune)

    async def _serve(self, webhook_id: int, owner_id: int) -> None:
        """Deliver what is due to one webhook, one after the other, until one attempt fails."""
        of_owner = self._places_of_owners.setdefault(owner_id, asyncio.Semaphore(AT_ONCE_OF_OWNER))
        try:
            while await self._deliver_next(webhook_id, of_owner):
                pass
        except (DatabaseError, InterfaceError) as error:
            logger.warning("A delivery of webhook %s could not be noted and is tried again: %s", webhook_id, error)
        except Exception:
            logger.exception("A delivery of webhook %s failed in the worker itself.", webhook_id)
        finally:
            del self._busy[webhook_id]

    async def _deliver_next(self, webhook_id: int, of_owner: asyncio.Semaphore) -> bool:
        """Deliver what is due first to a webhook; tells whether that went well and there may be more."""
        # Taken up when it can be sent: who has taken a delivery has it for a minute only.
        async with of_owner, self._places:
            delivery = await self._in_thread(take, webhook_id)
            if delivery is None:
                return False
            if self._client is None:
                self._http = await self._in_thread(load_http_delivery)
                self._client = await self._in_thread(self._http.new_client)
            outcome: Outcome = await self._http.send(self._client, delivery)
        await self._in_thread(note, delivery, outcome)
        return outcome.is_success

    async def _in_thread(self, work: Callable[..., Any], *arguments: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, with_connection, work, *arguments)


def load_http_delivery() -> ModuleType:
    """Return the module that speaks HTTP. Its library takes long to load, and most processes never deliver."""
    from . import delivery

    return delivery


# What is in the database


def make_deliveries() -> None:
    """Make deliveries of all that happened since the webhooks' cursors."""
    behind = Webhook.objects.on().filter(cursor__lt=log.newest_number())
    news = [(webhook, *news_for(webhook)) for webhook in behind]
    if not news:
        return
    with transaction.atomic():
        for webhook, seq, deliveries in news:
            # The cursor moves for one process alone; another one's deliveries would be second copies.
            if Webhook.objects.filter(pk=webhook.pk, cursor=webhook.cursor).update(cursor=seq):
                Delivery.objects.bulk_create(deliveries)


def news_for(webhook: Webhook) -> tuple[int, list[Delivery]]:
    """Return (sequence number, unsaved deliveries) of what comes after a webhook's cursor, at most `BATCH` events."""
    events = list(log.since(webhook.cursor, BATCH))
    if not events:
        return log.newest_number(), []
    site = urlsplit(settings.SITE_URL or webhook.site)
    feed = EventPayloads(site.netloc, site.scheme == "https")
    messages = [(f"{message['model']}.{message['action']}", message) for message in feed.messages(events)]
    return events[-1].seq, [
        Delivery(webhook=webhook, kind=kind, body=json.dumps(message))
        for kind, message in messages
        if kind in webhook.kinds
    ]


def webhooks_with_work() -> list[tuple[int, int]]:
    """Return [(id, owner's id)] of the webhooks to which something is to be delivered now."""
    due = Delivery.objects.filter(webhook=OuterRef("pk"), due_at__lte=timezone.now())
    return list(Webhook.objects.on().filter(Exists(due)).values_list("pk", "owner_id"))


def take(webhook_id: int) -> Delivery | None:
    """Return a delivery that is due and now ours alone for `LEASE`, the oldest first; None when there is none."""
    now = timezone.now()
    due = Delivery.objects.filter(webhook__in=Webhook.objects.on().filter(pk=webhook_id), due_at__lte=now)
    for delivery in due.select_related("webhook").order_by("pk")[:5]:
        free = Delivery.objects.filter(pk=delivery.pk, due_at=delivery.due_at)
        if free.update(due_at=now + LEASE, attempts=F("attempts") + 1):
            delivery.attempts += 1
            return delivery
    return None


def note(delivery: Delivery, outcome: "Outcome") -> None:
    """Note how an attempt went, when the next one is, and switch the webhook off when there is no use in more."""
    now = timezone.now()
    delivery.tried_at = now
    delivery.status, delivery.answer, delivery.milliseconds = outcome.status, outcome.answer, outcome.milliseconds
    delivery.delivered_at = now if outcome.is_success else None
    is_last = outcome.is_success or outcome.status == GONE or delivery.attempts > len(RETRY_AFTER)
    delivery.due_at = None if is_last else now + RETRY_AFTER[delivery.attempts - 1]
    fields = ["tried_at", "status", "answer", "milliseconds", "delivered_at", "due_at"]
    with transaction.atomic():
        # The webhook may have been deleted meanwhile.
        row = Delivery.objects.filter(pk=delivery.pk)
        if not row.update(**{name: getattr(delivery, name) for name in fields}):
            return
        why = is_last and not outcome.is_success and _why_to_switch_off(delivery)
        if why:
            webhook = delivery.webhook
            webhook.switch_off(*why)
            logger.warning("Webhook %s of %s was switched off: %s", webhook.pk, webhook.owner, webhook.why_off)


def _why_to_switch_off(delivery: Delivery) -> tuple[str, ...] | None:
    if delivery.status == GONE:
        return ("gone",)
    since = Delivery.objects.filter(webhook=delivery.webhook_id, delivered_at__gte=delivery.made_at)
    if since.exists():
        return None
    return "since", delivery.made_at.isoformat(timespec="seconds")


def prune() -> None:
    """Forget deliveries that were made long ago."""
    Delivery.objects.filter(made_at__lt=timezone.now() - KEPT).delete()


worker = WebhookWorker()
