"""The ASGI application: pages and the API through Django, sockets through the consumers.

`manage.py serve` runs it with Daphne, `manage.py worker` with uvicorn.
"""

import asyncio
import os
import sys

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

# These import models, so Django has to be set up before.
from api.routing import websocket_urlpatterns as api_sockets  # noqa: E402
from api.waiting import waiting_for_events  # noqa: E402
from board.hub import hub  # noqa: E402
from board.routing import websocket_urlpatterns as board_sockets  # noqa: E402

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


async def lifespan(scope, receive, send):
    """Run the hub from the server's start to its end. Daphne does not say when it starts: there, the first caller
    starts the hub."""
    await receive()
    hub.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await hub.stop()
    await send({"type": "lifespan.shutdown.complete"})


application = ProtocolTypeRouter(
    {
        "lifespan": lifespan,
        "http": waiting_for_events(bounded(django_application, REQUESTS_AT_ONCE)),
        "websocket": AuthMiddlewareStack(URLRouter([*board_sockets, *api_sockets])),
    }
)
