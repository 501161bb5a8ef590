"""Idempotency keys: repeating a request with the same key changes nothing and returns the first response."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from board.models import IdempotencyRecord

LIFETIME = timedelta(hours=24)
CLEAN_UP_EVERY = 100
# Waits for a concurrent request with the same key. An expired key can be used again.
INSERT = """
    INSERT INTO board_idempotencyrecord (actor_id, key, request_hash, response, created_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (actor_id, key) DO UPDATE
    SET request_hash = excluded.request_hash, response = excluded.response, created_at = excluded.created_at
    WHERE board_idempotencyrecord.created_at < %s
    RETURNING id
"""


class KeyTaken(Exception):
    """The key was used for a different request."""


class _AlreadyDone(Exception):
    """The key was used for the same request, so the repeated change is rolled back."""


def once(actor: User, key: str | None, request: str, act: Callable[[], Any]) -> Any:
    """Call `act` and return its response. For a key that was used before, return the first response and change nothing.

    Keys belong to a user, have at most 200 characters, and expire after `LIFETIME`. Without a key, `act` is simply
    called. `request` is text that identifies what is requested. `act` returns a JSON value and has no side effects
    outside the database, because it also runs for repeated requests, where it is rolled back. The response is recorded
    in the same transaction, and not at all if `act` raises. Raises `KeyTaken` if the key was used for another `request`.
    """
    if not key:
        return act()
    request_hash = sha256(request.encode(errors="surrogatepass")).hexdigest()
    try:
        with transaction.atomic():
            response = act()
            _record(actor, key, request_hash, response)
        return response
    except DatabaseError:
        raise
    except Exception:
        # A repeated request may fail because the first one succeeded.
        known = IdempotencyRecord.objects.filter(
            actor=actor, key=key, created_at__gte=timezone.now() - LIFETIME
        ).first()
        if known is None:
            raise
    if known.request_hash != request_hash:
        raise KeyTaken
    return known.response


def _record(actor: User, key: str, request_hash: str, response: Any) -> None:
    """Save a response under its key. Raises `_AlreadyDone` if the key is in use."""
    now = timezone.now()
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (now, now - LIFETIME)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [actor.pk, key, request_hash, json.dumps(response), *moments])
        row = cursor.fetchone()
    if row is None:
        raise _AlreadyDone
    if row[0] % CLEAN_UP_EVERY == 0:
        delete_expired()


def delete_expired() -> int:
    """Delete expired records and return their number."""
    return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - LIFETIME).delete()[0]
