"""The limits of one page: its time, its size, and how deep its elements are."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .errors import PageLimitError

MAX_SECONDS = 10
MAX_BYTES = 5 * 1024 * 1024


class Budget:
    """What a page may still take. Loops check it in every iteration, in whatever thread (tags.py)."""

    def __init__(self, file: str) -> None:
        self.file, self.size = file, 0
        self.deadline = time.monotonic() + MAX_SECONDS

    def check(self, size: int) -> None:
        """Record that the page has reached this size. Raises PageLimitError."""
        self.size = size
        check_size(size, self.file)
        if time.monotonic() > self.deadline:
            raise too_slow(self.file)


def check_size(size: int, file: str) -> None:
    if size > MAX_BYTES:
        raise PageLimitError(file, f"is larger than {MAX_BYTES // 1024**2} MB")


def too_slow(file: str) -> PageLimitError:
    return PageLimitError(file, f"runs for more than {MAX_SECONDS} seconds")


def too_deep(file: str) -> PageLimitError:
    return PageLimitError(file, "has too many elements inside one another")


@contextmanager
def time_limit(file: str) -> Iterator[None]:
    """Raise PageLimitError inside after MAX_SECONDS. Only the main thread of a process has an alarm."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise too_slow(file)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
