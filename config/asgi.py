"""The ASGI application: pages and the API through Django, sockets through the consumers."""

import os
import sys
from collections.abc import Mapping
from typing import IO, Any, cast

import django
from asgiref.sync import sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack
from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.utils.functional import SimpleLazyObject

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

# These import models, so Django has to be set up before.
from api.long_poll import with_long_polling  # noqa: E402
from api.routing import websocket_urlpatterns as api_sockets  # noqa: E402
from api.webhooks import worker as webhook_worker  # noqa: E402
from board.live.hub import hub  # noqa: E402
from board.live.middleware import SocketUserMiddleware  # noqa: E402
from board.live.routing import websocket_urlpatterns as board_sockets  # noqa: E402
from board.notify.worker import worker as notification_worker  # noqa: E402
from board.ops.asgi_tools import Application, Message, Receive, Scope, Send  # noqa: E402
from sitegen.live import websocket_urlpatterns as preview_sockets  # noqa: E402

from .admission import NEW_SESSION, USER_ID, with_fair_threads  # noqa: E402
from .request_body import with_complete_body  # noqa: E402

# How long a thread waits for the interpreter lock after each query while the event loop is busy with sockets.
sys.setswitchinterval(0.0005)


type RequestOrError = tuple[ASGIRequest, None] | tuple[None, HttpResponseBase]


class SyncHandler(ASGIHandler):
    """Django under ASGI when all middleware and views are sync: one visit to the request's thread instead of three."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    def create_request(self, scope: Mapping[str, Any], body_file: IO[bytes]) -> RequestOrError:
        try:
            return super().create_request(scope, body_file)
        except TooManyFieldsSent:
            # Django parses the query here when the content type names a charset, and responds with 500. Without the
            # content type, the view that reads the query rejects it with an error of its own.
            headers = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
            return super().create_request({**scope, "headers": headers}, body_file)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        user = vars(request).get("user")
        if type(user) is SimpleLazyObject:
            # Not evaluated: the request did not need its user.
            user = getattr(request, "_cached_user", None)
        if user is not None:
            scope: Scope = cast(Any, request).scope
            scope[USER_ID] = user.pk
            if settings.SESSION_COOKIE_NAME in response.cookies:
                scope[NEW_SESSION] = response.cookies[settings.SESSION_COOKIE_NAME].value
        return response


def with_background_workers(application: Application) -> Application:
    """Start the hub and the workers before the first request."""

    async def started_application(scope: Scope, receive: Receive, send: Send) -> None:
        hub.start()
        webhook_worker.start()
        notification_worker.start()
        await application(scope, receive, send)

    return started_application


def without_body_for_head(application: Application) -> Application:
    """Send nothing after the headers of a response to HEAD.

    Daphne withholds only the first 64 KB of such a body, and the client takes the rest for its next response.
    """

    async def application_without_body(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_headers(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await application(scope, receive, send_headers if scope["method"] == "HEAD" else send)

    return application_without_body


def under_script_name(application: Application) -> Application:
    """Set the root path from FORCE_SCRIPT_NAME, and ignore the one that a client sends.

    Daphne takes the prefix of all links from the header `Daphne-Root-Path`, which any client may send; pages that are
    cached for others would contain it.
    """

    async def application_under_script_name(scope: Scope, receive: Receive, send: Send) -> None:
        await application({**scope, "root_path": settings.FORCE_SCRIPT_NAME or ""}, receive, send)

    return application_under_script_name


async def reject_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Reject a socket at an unknown address without a traceback in the log."""
    await receive()
    await send({"type": "websocket.close"})


def socket_routes() -> list[Any]:
    """Return the routes of all sockets; the preview's is there where pages follow their files."""
    preview = [path("site/", cast(Any, URLRouter(preview_sockets)))] if settings.SITE_LIVE else []
    return [*board_sockets, *api_sockets, *preview, re_path("", cast(Any, reject_socket))]


application = ProtocolTypeRouter(
    {
        "http": with_background_workers(
            under_script_name(
                with_complete_body(with_long_polling(without_body_for_head(with_fair_threads(SyncHandler()))))
            )
        ),
        "websocket": under_script_name(
            cast(Application, SessionMiddlewareStack(SocketUserMiddleware(URLRouter(socket_routes()))))
        ),
    }
)
