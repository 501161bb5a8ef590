"""The ASGI application: pages and the API through Django, sockets through the consumers.

`manage.py serve` runs it with Daphne, `manage.py worker` with uvicorn.
"""

import os
import sys

import django
from asgiref.sync import sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack
from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.asgi import ASGIHandler
from django.urls import path, re_path
from django.utils.functional import SimpleLazyObject

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

# These import models, so Django has to be set up before.
from api.routing import websocket_urlpatterns as api_sockets  # noqa: E402
from api.waiting import waiting_for_events  # noqa: E402
from api.webhooks import courier  # noqa: E402
from board.hub import hub  # noqa: E402
from board.middleware import SocketUserMiddleware  # noqa: E402
from board.routing import websocket_urlpatterns as board_sockets  # noqa: E402
from sitegen.routing import websocket_urlpatterns as preview_sockets  # noqa: E402

from .admission import NEW_SESSION, USER_ID, in_turn, with_complete_body  # noqa: E402

# A request's thread waits this long for the interpreter, after each query, while the event loop serves many sockets.
sys.setswitchinterval(0.0005)


class SyncHandler(ASGIHandler):
    """Django under ASGI when all middleware and views are sync: one visit to the request's thread instead of three."""

    def load_middleware(self, is_async=False):
        super().load_middleware(is_async=False)

    def create_request(self, scope, body_file):
        try:
            return super().create_request(scope, body_file)
        except TooManyFieldsSent:
            # Django reads the query here already when the type of the body names a charset, and answers 500. Without
            # that, whoever wants to know the query refuses it in the words of the place.
            headers = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
            return super().create_request({**scope, "headers": headers}, body_file)

    async def get_response_async(self, request):
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)

    def get_response(self, request):
        response = super().get_response(request)
        user = vars(request).get("user")
        if type(user) is SimpleLazyObject:
            # Of a request that did not ask who it is of, nobody has to know.
            user = getattr(request, "_cached_user", None)
        if user is not None:
            request.scope[USER_ID] = user.pk
            if settings.SESSION_COOKIE_NAME in response.cookies:
                request.scope[NEW_SESSION] = response.cookies[settings.SESSION_COOKIE_NAME].value
        return response


def starting(application):
    """Return `application`, before whose first request the hub and the courier start."""

    async def started_application(scope, receive, send):
        hub.start()
        courier.start()
        await application(scope, receive, send)

    return started_application


async def lifespan(scope, receive, send):
    """Run the hub and the courier from the server's start to its end. Daphne does not say when it starts: there,
    the first caller starts them."""
    await receive()
    hub.start()
    courier.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await courier.stop()
    await hub.stop()
    await send({"type": "lifespan.shutdown.complete"})


def without_body_for_head(application):
    """Return `application` sending nothing after the headers of an answer to HEAD.

    Daphne keeps the first 64 KB of such a body back, and the client takes the rest for its next answer.
    """

    async def application_without_body(scope, receive, send):
        async def send_headers(message):
            await send(message | {"body": b""} if message["type"] == "http.response.body" else message)

        await application(scope, receive, send_headers if scope["method"] == "HEAD" else send)

    return application_without_body


def below_root(application):
    """Return `application` at the root of its host, whatever a client says.

    Daphne takes the prefix of all links from a header, `Daphne-Root-Path`, which any client may send; pages that are
    cached for others would carry it.
    """

    async def application_below_root(scope, receive, send):
        await application({**scope, "root_path": ""}, receive, send)

    return application_below_root


async def nowhere(scope, receive, send):
    """Refuse a socket at an address that nothing has, without a traceback in the log."""
    await receive()
    await send({"type": "websocket.close"})


sockets = [*board_sockets, *api_sockets]
if settings.SITE_LIVE:
    sockets.append(path("site/", URLRouter(preview_sockets)))
sockets.append(re_path("", nowhere))

application = ProtocolTypeRouter(
    {
        "lifespan": lifespan,
        "http": starting(
            below_root(with_complete_body(waiting_for_events(without_body_for_head(in_turn(SyncHandler())))))
        ),
        "websocket": below_root(SessionMiddlewareStack(SocketUserMiddleware(URLRouter(sockets)))),
    }
)
