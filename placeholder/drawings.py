"""Keeps drawn pictures, and sees to it that drawing never takes more than its share of the machine."""

import threading
from collections import OrderedDict
from concurrent.futures import Future
from contextlib import contextmanager

# What an entry takes beside its bytes: key, links, the object itself.
ENTRY_OVERHEAD = 500


class BusyError(Exception):
    """Too many heavy drawings are waiting already."""


class Drawings:
    """The bytes of pictures, each drawn once for all who ask at the same time, the latest used kept.

    `draw` turns a picture into bytes, `capacity` is in bytes; at most `hands` heavy pictures are drawn
    at once while `queue` more wait for their turn.
    """

    def __init__(self, draw, capacity=32 * 2**20, hands=2, queue=16):
        self._draw = draw
        self._capacity = capacity
        # So many are drawn or wait; one more is refused.
        self.room = hands + queue
        self._hands = threading.Semaphore(hands)
        self._places = threading.Semaphore(self.room)
        self._lock = threading.Lock()
        self._kept = OrderedDict()
        self._under_way = {}
        self.size = 0

    def kept(self, key):
        """Return the bytes kept under `key`, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def of(self, key, picture):
        """Return the bytes of `picture`, known by `key`; or raise `BusyError`."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            drawing = self._under_way.get(key)
            is_ours = drawing is None
            if is_ours:
                drawing = self._under_way[key] = Future()
        if is_ours:
            self._carry_out(drawing, key, picture)
        return drawing.result()

    def _carry_out(self, drawing, key, picture):
        try:
            with self._turn(picture):
                data = self._draw(picture)
        except BaseException as error:
            drawing.set_exception(error)
        else:
            self._keep(key, data)
            drawing.set_result(data)
        finally:
            with self._lock:
                del self._under_way[key]

    @contextmanager
    def _turn(self, picture):
        if not picture.is_heavy:
            yield
            return
        if not self._places.acquire(blocking=False):
            raise BusyError
        try:
            with self._hands:
                yield
        finally:
            self._places.release()

    def _keep(self, key, data):
        with self._lock:
            self._kept[key] = data
            self.size += len(data) + ENTRY_OVERHEAD
            while self.size > self._capacity:
                _, dropped = self._kept.popitem(last=False)
                self.size -= len(dropped) + ENTRY_OVERHEAD
