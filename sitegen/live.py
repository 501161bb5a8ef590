"""Tells open pages of the preview that a file has changed."""

import asyncio
import json
from pathlib import Path

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from watchfiles import awatch


class Changes(AsyncWebsocketConsumer):
    """Sends the names of changed files to one browser; takes nothing from it."""

    async def connect(self):
        await self.accept()
        self.watching = asyncio.create_task(self.watch())

    async def watch(self):
        folder = Path(settings.SITE_PAGES).resolve()
        async for changes in awatch(folder, watch_filter=is_watched(folder), debounce=50, step=10):
            names = sorted({str(Path(path).relative_to(folder)) for _, path in changes})
            await self.send(text_data=json.dumps(names))

    async def disconnect(self, code):
        self.watching.cancel()


def is_watched(folder):
    """Return the filter for files that pages are made from: none whose name is hidden."""

    def watched(change, path):
        return not any(part.startswith((".", "_")) for part in Path(path).relative_to(folder).parts)

    return watched
