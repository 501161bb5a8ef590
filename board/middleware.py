"""What stands between the server and the pages and sockets of the board."""

import logging
from urllib.parse import urlencode

from channels.auth import AuthMiddleware
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    REDIRECT_FIELD_NAME,
    SESSION_KEY,
    load_backend,
)
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.shortcuts import resolve_url
from django.utils.crypto import constant_time_compare
from django_htmx.http import HttpResponseClientRedirect

from . import failures
from .hub import TRY_LATER

log = logging.getLogger(__name__)


class HtmxLoginMiddleware:
    """Send an htmx request that needs a log-in to the log-in page as a whole page.

    htmx follows a redirect by itself and would put the log-in page into a card. The way back leads to
    the page that the person was on, not to the fragment.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.htmx or request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        page = request.htmx.current_url_abs_path or "/"
        login = resolve_url(settings.LOGIN_URL)
        return HttpResponseClientRedirect(f"{login}?{urlencode({REDIRECT_FIELD_NAME: page})}")


class SocketUserMiddleware(AuthMiddleware):
    """Say who opened a socket, by its session; while the database is away, nobody can.

    Channels' own would end every session that began under a key of SECRET_KEY_FALLBACKS.
    """

    async def resolve_scope(self, scope):
        scope["user"]._wrapped = await session_user(scope["session"]) or AnonymousUser()

    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        except (OperationalError, InterfaceError) as error:
            fault = failures.fault_of(error)
            if fault is None:
                raise
            log.warning("A socket could not be opened: %s. %s", " ".join(str(error).split()), fault.advice)
            await send({"type": "websocket.close", "code": TRY_LATER})


@database_sync_to_async
def session_user(session):
    """Return the user of a session, None when it stands for nobody (any more)."""
    backend = session.get(BACKEND_SESSION_KEY)
    if backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = load_backend(backend).get_user(session[SESSION_KEY])
    if user is None:
        return None
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    known = session.get(HASH_SESSION_KEY, "")
    return user if any(constant_time_compare(known, one) for one in hashes) else None
