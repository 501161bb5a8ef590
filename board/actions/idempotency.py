"""Doing something once, however often it is asked for: a lost answer or a double click changes nothing twice."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from board.models import Answer

KEPT = timedelta(hours=24)
FORGET_EVERY = 100
# One statement, also against somebody who keeps an answer under the same key at the same moment: it waits for them. A
# key that has had its day is free.
KEEP = """
    INSERT INTO board_answer (by_id, key, asked, answer, at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (by_id, key) DO UPDATE SET asked = excluded.asked, answer = excluded.answer, at = excluded.at
    WHERE board_answer.at < %s
    RETURNING id
"""


class KeyTaken(Exception):
    """The key was used for something else before."""


class _DoneBefore(Exception):
    """The key is taken, so what was just done again goes back with its transaction."""


def once(by: User, key: str | None, asked: str, act: Callable[[], Any]) -> Any:
    """Call `act()` and return its answer; asked again under the same key, return that answer and change nothing.

    `by`: the user who asks; keys are each user's own. `key`: at most 200 characters, made by the client; without one
    `act` is just called. `asked`: text that says what is asked for. `act` gives a JSON value and changes nothing but
    the database: who asks again has it called, too, and rolled back. When it raises, nothing is kept. Answers live for
    `KEPT`, and are saved in the transaction of the change itself; one in `FORGET_EVERY` clears away those that had
    their day. Raises `KeyTaken` when the key came with another `asked`.
    """
    if not key:
        return act()
    digest = sha256(asked.encode(errors="surrogatepass")).hexdigest()
    try:
        with transaction.atomic():
            answer = act()
            _keep(by, key, digest, answer)
        return answer
    except DatabaseError:
        raise
    except Exception:
        # That it was done before may also be why it is refused now.
        before = Answer.objects.filter(by=by, key=key, at__gte=timezone.now() - KEPT).first()
        if before is None:
            raise
    if before.asked != digest:
        raise KeyTaken
    return before.answer


def _keep(by: User, key: str, digest: str, answer: Any) -> None:
    """Keep an answer under its key. Raises `_DoneBefore` when the key is taken."""
    now = timezone.now()
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (now, now - KEPT)]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [by.pk, key, digest, json.dumps(answer), *moments])
        row = cursor.fetchone()
    if row is None:
        raise _DoneBefore
    if row[0] % FORGET_EVERY == 0:
        forget()


def forget() -> int:
    """Delete the answers that have had their day; returns how many."""
    return Answer.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
