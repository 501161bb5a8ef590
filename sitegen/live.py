"""Tells open pages of the preview that a file has changed."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.urls import path
from watchfiles import watch


class Changes(AsyncWebsocketConsumer):
    """Sends the names of changed files to one browser; takes nothing from it."""

    async def connect(self) -> None:
        await self.accept()
        self.stop = threading.Event()
        # A daemon: nothing else would end the thread when the server is told to.
        threading.Thread(target=self.watch, args=[asyncio.get_running_loop()], daemon=True).start()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        folder = Path(settings.SITE_PAGES).resolve()

        def is_watched(change: object, place: str) -> bool:
            """Whether pages are made from a file: all but hidden ones."""
            return not any(part.startswith((".", "_")) for part in Path(place).relative_to(folder).parts)

        timing: dict[str, Any] = {"debounce": 50, "step": 10, "raise_interrupt": False}
        for changes in watch(folder, watch_filter=is_watched, stop_event=self.stop, **timing):
            names = sorted({str(Path(place).relative_to(folder)) for _, place in changes})
            asyncio.run_coroutine_threadsafe(self.send(text_data=json.dumps(names)), loop)

    async def disconnect(self, code: int) -> None:
        self.stop.set()


# Below the address of the preview: live.js looks for its socket there. The stubs of Channels demand routes of a class
# that only they have.
websocket_urlpatterns: list[Any] = [path("live/", AllowedHostsOriginValidator(Changes.as_asgi()))]
