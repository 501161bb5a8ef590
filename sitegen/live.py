"""Tells open pages of the preview that a file has changed."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from watchfiles import Change, watch


class Changes(AsyncWebsocketConsumer):
    """Sends the names of changed files to one browser; takes nothing from it."""

    async def connect(self) -> None:
        await self.accept()
        self.stop = threading.Event()
        # A daemon: nothing else would end the thread when the server is told to.
        threading.Thread(target=self.watch, args=[asyncio.get_running_loop()], daemon=True).start()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        folder = Path(settings.SITE_PAGES).resolve()
        for changes in watch(
            folder,
            watch_filter=is_watched(folder),
            debounce=50,
            step=10,
            stop_event=self.stop,
            raise_interrupt=False,
        ):
            names = sorted({str(Path(path).relative_to(folder)) for _, path in changes})
            asyncio.run_coroutine_threadsafe(self.send(text_data=json.dumps(names)), loop)

    async def disconnect(self, code: int) -> None:
        self.stop.set()


def is_watched(folder: Path) -> Callable[[Change, str], bool]:
    """Return the filter for files that pages are made from: all but hidden ones."""

    def watched(change: Change, path: str) -> bool:
        return not any(part.startswith((".", "_")) for part in Path(path).relative_to(folder).parts)

    return watched
