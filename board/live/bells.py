"""Whose number of unread notifications has to be counted, for the bells of pages."""

from collections.abc import Iterable

from .connection import Clock, Connection

COUNT_EVERY = 5


class Bells:
    """Counts for new pages, after a notification of this or another process, and else every few seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counted_at = clock()
        self._is_count_requested = False

    def request_count(self) -> None:
        self._is_count_requested = True

    def take_due(self, connections: Iterable[Connection]) -> dict[Connection, int]:
        """Return {connection: person's id} of the pages to count for, which then count as done."""
        now = self._clock()
        is_due = self._is_count_requested or now - self._counted_at >= COUNT_EVERY
        if is_due:
            self._counted_at, self._is_count_requested = now, False
        return {
            one: one.client.person["id"]
            for one in connections
            if one.client.is_present and (is_due or one.unread is None)
        }
