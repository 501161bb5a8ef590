"""What took time to make and is kept until there is a newer one."""

from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from threading import Lock

from cachetools import LRUCache

NOTHING: tuple[None, None] = None, None


class VersionedCache[T]:
    """Keeps the last of each thing that was made, and of all things those that were asked for last.

    `size` is how many, or with `getsizeof` (of a thing) how much of them. Every thing has a key, and a state that it
    was made from: what is made from another state takes its place, so that what nobody asks for again is not kept.
    Threads share it, and two of them may make the same thing at once.
    """

    def __init__(self, size: float, getsizeof: Callable[[T], float] | None = None) -> None:
        measure = (lambda entry: getsizeof(entry[1])) if getsizeof else None
        self._entries: LRUCache[Hashable, tuple[object, T]] = LRUCache(size, getsizeof=measure)
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, state: object) -> T | None:
        """Return the thing as made from this state, None when it is not kept."""
        return self.get_all([(key, state)])[0]

    def get_all(self, wanted: Iterable[tuple[Hashable, object]]) -> list[T | None]:
        """Return a list of the things as made from the states of [(key, state)], None for what is not kept."""
        with self._lock:
            found = [(self._entries.get(key, NOTHING), state) for key, state in wanted]
        return [thing if made_from == state else None for (made_from, thing), state in found]

    def get_or_set(self, key: Hashable, state: object, make: Callable[[], T]) -> T:
        """Return the thing as made from this state, by `make()` when it is not kept."""
        thing = self.get(key, state)
        if thing is None:
            thing = make()
            # Raised for what is too large to be kept at all.
            with self._lock, suppress(ValueError):
                self._entries[key] = state, thing
        return thing

    def clear(self) -> None:
        """Keep nothing of what there was."""
        with self._lock:
            self._entries.clear()
