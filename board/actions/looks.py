"""What each person last saw of each board. This is not in the log, and takes no lock of the writers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from board.history import unseen
from board.models import LastSeen

# Whoever comes back after this time is told what happened in the meantime.
AWAY = timedelta(hours=1)


class Look(NamedTuple):
    """A person saw a board, up to a sequence number."""

    person: int
    board: int
    seq: int
    at: datetime


def record_looks(looks: Sequence[Look]) -> None:
    """Save what people see.

    Whoever was away and missed something has not seen it before they dismiss what they are told of it (`catch_up`).
    """
    people, boards = {look.person for look in looks}, {look.board for look in looks}
    rows = LastSeen.objects.filter(person__in=people, board__in=boards)
    before = {(row.person_id, row.board): row for row in rows}
    _save(look for look in looks if _counts(look, before.get((look.person, look.board))))


def _counts(look: Look, before: LastSeen | None) -> bool:
    if before is None or look.at - before.at < AWAY:
        return True
    return not unseen.count(look.person, look.board, before.seq)


def catch_up(look: Look) -> None:
    """Save that a person has seen a board, however long they were away."""
    _save([look])


def _save(looks: Iterable[Look]) -> None:
    newest = {(look.person, look.board): look for look in sorted(looks, key=lambda look: (look.seq, look.at))}
    LastSeen.objects.bulk_create(
        [LastSeen(person_id=person, board=board, seq=seq, at=at) for person, board, seq, at in newest.values()],
        update_conflicts=True,
        unique_fields=["person", "board"],
        update_fields=["seq", "at"],
    )
