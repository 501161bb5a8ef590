"""The worker of notifications: makes them from the log, and sends the mails about them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from board.models import Mail

from . import mails, making, outbox
from .mails import Outcome
from .outbox import OutboxWorker


class NotificationWorker(OutboxWorker[Mail, Outcome]):
    name = "notification worker"
    max_concurrent, max_concurrent_per_owner = 3, 1

    def __init__(self) -> None:
        super().__init__()
        # Of its own, because a mail server may be slow.
        self._mail_threads = ThreadPoolExecutor(self.max_concurrent, "mails")

    def make(self) -> None:
        while making.make_notifications():
            pass

    def find_due(self) -> list[tuple[int, int]]:
        return mails.find_due_people() if settings.SENDS_MAIL else []

    def claim(self, recipient: int) -> Mail | None:
        return mails.claim(recipient)

    async def send(self, row: Mail) -> Outcome:
        message = await self.in_thread(mails.compose, row)
        return await asyncio.get_running_loop().run_in_executor(self._mail_threads, mails.send, message)

    def record(self, row: Mail, outcome: Outcome) -> None:
        outbox.set_outcome(row, outcome)
        outbox.save_outcome(row)

    def prune(self) -> None:
        making.prune()


worker = NotificationWorker()
