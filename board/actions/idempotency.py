"""Idempotency keys: a request that is sent again under the same key changes nothing, and gets the first response."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from board.models import IdempotencyRecord

KEPT = timedelta(hours=24)
CLEAN_UP_EVERY = 100
# One statement, which waits for a concurrent request with the same key. An expired key is free.
INSERT = """
    INSERT INTO board_idempotencyrecord (actor_id, key, request_hash, response, created_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (actor_id, key) DO UPDATE
    SET request_hash = excluded.request_hash, response = excluded.response, created_at = excluded.created_at
    WHERE board_idempotencyrecord.created_at < %s
    RETURNING id
"""


class KeyTaken(Exception):
    """The key came with another request before."""


class _AlreadyDone(Exception):
    """The key is taken, so what was just done again is rolled back."""


def once(actor: User, key: str | None, request: str, act: Callable[[], Any]) -> Any:
    """Call `act()` and return its response. With a key that is known, return the first response and change nothing.

    Keys belong to one user, have at most 200 characters, and expire after `KEPT`; without a key, `act` is just called.
    `request` is text that says what is asked for. `act` returns a JSON value and changes nothing but the database: a
    repeated request calls it as well, and is rolled back. If it raises, nothing is recorded. The record is saved in the
    transaction of the change itself. Raises `KeyTaken` when the key came with another `request`.
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
        # The first request may be the reason why this one was refused.
        known = IdempotencyRecord.objects.filter(
            actor=actor, key=key, created_at__gte=timezone.now() - KEPT
        ).first()
        if known is None:
            raise
    if known.request_hash != request_hash:
        raise KeyTaken
    return known.response


def _record(actor: User, key: str, request_hash: str, response: Any) -> None:
    """Save a response under its key. Raises `_AlreadyDone` when the key is taken."""
    now = timezone.now()
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (now, now - KEPT)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [actor.pk, key, request_hash, json.dumps(response), *moments])
        row = cursor.fetchone()
    if row is None:
        raise _AlreadyDone
    if row[0] % CLEAN_UP_EVERY == 0:
        delete_expired()


def delete_expired() -> int:
    """Delete the expired records and return their number."""
    return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
