"""Tells open pages of the preview that a file has changed."""

import asyncio
import json
import threading
from pathlib import Path

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from watchfiles import watch


class Changes(AsyncWebsocketConsumer):
    """Sends the names of changed files to one browser; takes nothing from it."""

    async def connect(self):
        await self.accept()
        self.stop = threading.Event()
        # A daemon: nothing else would end the thread when the server is told to.
        threading.Thread(target=self.watch, args=[asyncio.get_running_loop()], daemon=True).start()

    def watch(self, loop):
        folder = Path(settings.SITE_PAGES).resolve()
        how = {"watch_filter": is_watched(folder), "debounce": 50, "step": 10, "stop_event": self.stop}
        for changes in watch(folder, raise_interrupt=False, **how):
            names = sorted({str(Path(path).relative_to(folder)) for _, path in changes})
            asyncio.run_coroutine_threadsafe(self.send(text_data=json.dumps(names)), loop)

    async def disconnect(self, code):
        self.stop.set()


def is_watched(folder):
    """Return the filter for files that pages are made from: none whose name is hidden."""

    def watched(change, path):
        return not any(part.startswith((".", "_")) for part in Path(path).relative_to(folder).parts)

    return watched
