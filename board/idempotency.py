"""Doing something once, however often it is asked for: a lost answer or a double click changes nothing twice."""

from datetime import timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.utils import timezone

from .models import Answer

KEPT = timedelta(hours=24)
FORGET_EVERY = 100
# One statement, also against somebody who claims the same at the same moment; a key that has had its day is free.
CLAIM = """
    INSERT INTO board_answer (by_id, key, asked, at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (by_id, key) DO UPDATE SET asked = excluded.asked, at = excluded.at, answer = NULL
    WHERE board_answer.at < %s
    RETURNING id
"""


class KeyTaken(Exception):
    """The key was used for something else before."""


def once(by, key, asked, act):
    """Call `act()` and return its answer; asked again under the same key, return that answer and do nothing.

    `by`: the user who asks; keys are each user's own. `key`: at most 200 characters, made by the client; without one
    `act` is just called. `asked`: text that says what is asked for. `act` gives a JSON value; when it raises,
    nothing is kept. Answers live for `KEPT`, and are saved in the transaction of the change itself; one in
    `FORGET_EVERY` clears away those that had their day.
    Raises `KeyTaken` when the key came with another `asked`.
    """
    if not key:
        return act()
    digest = sha256(asked.encode(errors="surrogatepass")).hexdigest()
    with transaction.atomic():
        claim = _claim(by, key, digest)
        if claim is None:
            kept = Answer.objects.get(by=by, key=key)
            if kept.asked != digest:
                raise KeyTaken
            return kept.answer
        answer = act()
        if answer is not None:
            Answer.objects.filter(pk=claim).update(answer=answer)
        if claim % FORGET_EVERY == 0:
            forget()
        return answer


def _claim(by, key, digest):
    """Return the id of the row that keeps the answer, None when the key is taken."""
    now = timezone.now()
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (now, now - KEPT)]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [by.pk, key, digest, *moments])
        row = cursor.fetchone()
        return row and row[0]


def forget():
    """Delete the answers that have had their day; returns how many."""
    return Answer.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
