"""The ASGI application: pages and the API through Django, sockets through the consumers.

`daphne config.asgi:application`, or any other ASGI server.
"""

import asyncio
import os
import sys

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

# These import models, so Django has to be set up before.
from api.routing import websocket_urlpatterns as api_sockets  # noqa: E402
from api.waiting import waiting_for_events  # noqa: E402
from board.hub import hub  # noqa: E402
from board.routing import websocket_urlpatterns as board_sockets  # noqa: E402
from sitegen.routing import websocket_urlpatterns as preview_sockets  # noqa: E402

REQUESTS_AT_ONCE = 2
# A request's thread waits this long for the interpreter, after each query, while the event loop serves many sockets.
sys.setswitchinterval(0.0005)


def bounded(application, limit):
    """Return `application` working on at most `limit` requests at once; the others wait their turn.

    Every request gets a thread of its own under ASGI, and many threads that render at once are
    several times slower than few (docs: ARCHITECTURE.md, Running).
    """
    semaphore = asyncio.Semaphore(limit)

    async def bounded_application(scope, receive, send):
        hub.start()
        async with semaphore:
            await application(scope, receive, send)

    return bounded_application


sockets = [*board_sockets, *api_sockets]
if settings.SITE_LIVE:
    sockets.append(path("site/", URLRouter(preview_sockets)))

application = ProtocolTypeRouter(
    {
        "http": waiting_for_events(bounded(django_application, REQUESTS_AT_ONCE)),
        "websocket": AuthMiddlewareStack(URLRouter(sockets)),
    }
)
