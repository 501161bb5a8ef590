"""Authentication of sockets by their session."""

import logging
from typing import Any

from channels.auth import AuthMiddleware
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    load_backend,
)
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.db import InterfaceError, OperationalError
from django.utils.crypto import constant_time_compare

from board.ops import db_errors

from .sender import TRY_LATER

logger = logging.getLogger(__name__)


class SocketUserMiddleware(AuthMiddleware):
    """Sets the user of a socket from its session, and closes the socket while the database is unavailable.

    Channels' own middleware ends every session that began under a key of SECRET_KEY_FALLBACKS.
    """

    async def resolve_scope(self, scope: Any) -> None:
        scope["user"]._wrapped = await session_user(scope["session"]) or AnonymousUser()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # type: ignore[override]
        try:
            await super().__call__(scope, receive, send)
        except (OperationalError, InterfaceError) as error:
            fault = db_errors.fault_of(error)
            if fault is None:
                raise
            logger.warning("A socket could not be opened: %s. %s", " ".join(str(error).split()), fault.advice)
            await send({"type": "websocket.close", "code": TRY_LATER})


@database_sync_to_async
def session_user(session: SessionBase) -> User | None:
    """Return the user of a session, or None if it has none or their password has changed."""
    backend = session.get(BACKEND_SESSION_KEY)
    if backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = load_backend(backend).get_user(session[SESSION_KEY])
    if user is None:
        return None
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    known = session.get(HASH_SESSION_KEY, "")
    return user if any(constant_time_compare(known, one) for one in hashes) else None
