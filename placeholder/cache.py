"""A cache of drawn pictures, which also limits concurrent drawing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter

from cachetools import LRUCache, cachedmethod

from placeholder.picture import Picture

# The bytes that an entry takes besides its data: the key, links and the object itself.
ENTRY_OVERHEAD = 500


class BusyError(Exception):
    """Too many heavy drawings are waiting already."""


class DrawingCache:
    """An LRU cache of the bytes of pictures. Requests for the same picture at the same time share one drawing.

    `capacity` is in bytes. At most `workers` heavy pictures are drawn at once, while `queue` more wait.
    """

    def __init__(
        self, draw: Callable[[Picture], bytes], capacity: int = 32 * 2**20, workers: int = 2, queue: int = 16
    ) -> None:
        self._draw = draw
        # Heavy pictures that are drawn or wait. A further one is refused.
        self.max_pending = workers + queue
        self._workers = threading.Semaphore(workers)
        self._places = threading.Semaphore(self.max_pending)
        self._lock = threading.Condition()
        self._cached: LRUCache[str, bytes] = LRUCache(capacity, lambda data: len(data) + ENTRY_OVERHEAD)

    @property
    def size(self) -> float:
        """The bytes that all entries take, overhead included."""
        return self._cached.currsize

    def get(self, key: str) -> bytes | None:
        with self._lock:
            return self._cached.get(key)

    @cachedmethod(attrgetter("_cached"), lambda self, key, picture: key, condition=attrgetter("_lock"))
    def get_or_draw(self, key: str, picture: Picture) -> bytes:
        """Return the bytes of `picture`. Raises `BusyError`, and what drawing it raises."""
        with self._turn(picture):
            return self._draw(picture)

    @contextmanager
    def _turn(self, picture: Picture) -> Iterator[None]:
        if not picture.is_heavy:
            yield
            return
        if not self._places.acquire(blocking=False):
            raise BusyError
        try:
            with self._workers:
                yield
        finally:
            self._places.release()
