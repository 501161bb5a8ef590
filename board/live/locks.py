"""Advisory locks of cards that are being dragged. They exist in memory only."""

from typing import Protocol

from .connection import Clock, Connection
from .frames import LockAction, Person

LOCK_LASTS = 15


class LockObserver(Protocol):
    """A callback for each lock that is acquired ("dragstart") or released ("dragend", "drop")."""

    def __call__(self, holder: Connection, task_id: int, action: LockAction) -> None: ...


class CardLocks:
    """The locks that the connections of this process hold."""

    def __init__(self, clock: Clock, observer: LockObserver) -> None:
        self._clock = clock
        self._observer = observer
        # {(board, task id): (holder, time when it expires)}
        self._locks: dict[tuple[int, int], tuple[Connection, float]] = {}

    def acquire(self, connection: Connection, task_id: int) -> bool:
        """Lock a card or renew its lock. Returns False if another connection holds it."""
        key = connection.board, task_id
        holder = self._holder(key)
        if holder not in (None, connection):
            return False
        self._locks[key] = connection, self._clock() + LOCK_LASTS
        if holder is None:
            self._observer(connection, task_id, "dragstart")
        return True

    def release(self, connection: Connection, task_id: int, action: LockAction = "dragend") -> None:
        """Release a lock, if the connection holds it."""
        key = connection.board, task_id
        if self._holder(key) is connection:
            del self._locks[key]
            self._observer(connection, task_id, action)

    def release_all(self, connection: Connection) -> None:
        for (_, task_id), (holder, _) in list(self._locks.items()):
            if holder is connection:
                self.release(connection, task_id)

    def expire(self) -> None:
        """Release the locks that were not renewed in time."""
        now = self._clock()
        for (_, task_id), (holder, expires_at) in list(self._locks.items()):
            if expires_at < now:
                self.release(holder, task_id)

    def holders_on(self, board: int) -> dict[str, Person]:
        """Return {task id: holder} of a board."""
        return {
            str(task_id): holder.client.person
            for (of_board, task_id), (holder, _) in self._locks.items()
            if of_board == board
        }

    def _holder(self, key: tuple[int, int]) -> Connection | None:
        lock = self._locks.get(key)
        return lock[0] if lock else None
