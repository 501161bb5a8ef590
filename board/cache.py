"""A thread-safe cache of values that take long to compute."""

from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from threading import Lock

from cachetools import LRUCache

MISSING: tuple[None, None] = None, None


class VersionedCache[T]:
    """An LRU cache whose entries are valid for one state only.

    Storing a value for another state replaces the entry of its key. `size` is the maximum number of entries, or their
    total size if `getsizeof` (of a value) is given. Thread-safe; two threads may compute the same value concurrently.
    """

    def __init__(self, size: float, getsizeof: Callable[[T], float] | None = None) -> None:
        measure = (lambda entry: getsizeof(entry[1])) if getsizeof else None
        self._entries: LRUCache[Hashable, tuple[object, T]] = LRUCache(size, getsizeof=measure)
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, state: object) -> T | None:
        """Return the cached value for this state, or None."""
        return self.get_all([(key, state)])[0]

    def get_all(self, wanted: Iterable[tuple[Hashable, object]]) -> list[T | None]:
        """Return the cached value, or None, for each (key, state)."""
        with self._lock:
            found = [(self._entries.get(key, MISSING), state) for key, state in wanted]
        return [value if cached_state == state else None for (cached_state, value), state in found]

    def get_or_set(self, key: Hashable, state: object, make: Callable[[], T]) -> T:
        """Return the cached value for this state. If there is none, call `make` and store its result."""
        value = self.get(key, state)
        if value is None:
            value = make()
            # LRUCache raises ValueError for a value larger than the whole cache.
            with self._lock, suppress(ValueError):
                self._entries[key] = state, value
        return value

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
