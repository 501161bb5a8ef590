"""What took time to make and is kept until there is a newer one."""

from contextlib import suppress
from threading import Lock

from cachetools import LRUCache

NOTHING = None, None


class VersionedCache:
    """Keeps the last of each thing that was made, and of all things those that were asked for last.

    `size` is how many, or with `getsizeof` (of a thing) how much of them. Every thing has a key, and a state that it
    was made from: what is made from another state takes its place, so that what nobody asks for again is not kept.
    Threads share it, and two of them may make the same thing at once.
    """

    def __init__(self, size, getsizeof=None):
        measure = getsizeof and (lambda entry: getsizeof(entry[1]))
        self._entries = LRUCache(size, getsizeof=measure)
        self._lock = Lock()

    def __len__(self):
        return len(self._entries)

    def get(self, key, state):
        """Return the thing as made from this state, None when it is not kept."""
        return self.get_all([(key, state)])[0]

    def get_all(self, wanted):
        """Return a list of the things as made from the states of [(key, state)], None for what is not kept."""
        with self._lock:
            found = [(self._entries.get(key, NOTHING), state) for key, state in wanted]
        return [thing if made_from == state else None for (made_from, thing), state in found]

    def get_or_make(self, key, state, make):
        """Return the thing as made from this state, by `make()` when it is not kept."""
        thing = self.get(key, state)
        if thing is None:
            thing = make()
            # Raised for what is too large to be kept at all.
            with self._lock, suppress(ValueError):
                self._entries[key] = state, thing
        return thing

    def clear(self):
        """Keep nothing of what there was."""
        with self._lock:
            self._entries.clear()
