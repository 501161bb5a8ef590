"""Caching of what takes long to make."""

from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from threading import Lock

from cachetools import LRUCache

NOTHING: tuple[None, None] = None, None


class VersionedCache[T]:
    """An LRU cache whose entries are valid for one state only.

    An entry made from another state replaces the one under its key. `size` is the number of entries, or with
    `getsizeof` (of a value) their total size. Thread-safe; two threads may make the same value at once.
    """

    def __init__(self, size: float, getsizeof: Callable[[T], float] | None = None) -> None:
        measure = (lambda entry: getsizeof(entry[1])) if getsizeof else None
        self._entries: LRUCache[Hashable, tuple[object, T]] = LRUCache(size, getsizeof=measure)
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, state: object) -> T | None:
        """Return the value for this state, None when it is not cached."""
        return self.get_all([(key, state)])[0]

    def get_all(self, wanted: Iterable[tuple[Hashable, object]]) -> list[T | None]:
        """Return the values for [(key, state)], None for each that is not cached."""
        with self._lock:
            found = [(self._entries.get(key, NOTHING), state) for key, state in wanted]
        return [thing if made_from == state else None for (made_from, thing), state in found]

    def get_or_set(self, key: Hashable, state: object, make: Callable[[], T]) -> T:
        """Return the value for this state. When it is not cached, make it by `make()`."""
        thing = self.get(key, state)
        if thing is None:
            thing = make()
            # Raised for a value that is larger than the whole cache.
            with self._lock, suppress(ValueError):
                self._entries[key] = state, thing
        return thing

    def clear(self) -> None:
        """Delete all entries."""
        with self._lock:
            self._entries.clear()
