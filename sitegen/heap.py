"""How this process deals with memory that it has freed."""

import ctypes
import sys
from contextlib import suppress

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT_BYTES = 32 * 1024 * 1024


def keep_freed_memory() -> None:
    """Have the C library keep up to KEPT_BYTES that are free, where it is glibc.

    Each page needs a megabyte for a moment: to parse, to minify, most of all to compress. Given back to the
    system and asked for again, that is hundreds of page faults a page, and a quarter of a build's processor.
    """
    if sys.platform.startswith("linux"):
        with suppress(AttributeError):  # another C library
            libc = ctypes.CDLL(None)
            libc.mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
            libc.mallopt(M_MMAP_THRESHOLD, KEPT_BYTES)
