"""Work spread over processes: threads would share one interpreter lock."""

import fcntl
import gc
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, cast

from .errors import SiteError

PIPE_BYTES = 1024 * 1024  # the most that Linux gives everybody
TICKET, MAX_TICKETS = 4, 4000  # bytes of each, and how many a pipe holds everywhere


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_fork() -> bool:
    """Return whether a copy of this process is safe to make: not while other threads may hold locks."""
    return hasattr(os, "fork") and threading.active_count() == 1


def spread[T, R](function: Callable[[T], R], items: Sequence[T], processes: int) -> Iterator[R]:
    """Yield `function(item)` for every item, in any order, worked on by this process and forked ones.

    They are `processes` together, and each takes the next item when it has done one. A forked one whose parent
    was killed ends at its next result, since nobody is left to take it.
    Raises SiteError when one of the processes is killed.
    """
    from multiprocessing import get_context  # most builds are too small to need it

    context = get_context("fork")
    gc.freeze()  # else each process would copy what it collects
    tickets = tickets_for(items)
    readers, children = [], []
    for _ in range(processes - 1):
        reader, writer = context.Pipe(duplex=False)
        widen(writer)
        child = context.Process(target=work, args=(function, items, tickets, reader, writer), daemon=True)
        child.start()
        writer.close()
        readers.append(reader)
        children.append(child)
    for item in drawn(items, tickets):
        yield function(item)
        yield from arrived(readers, timeout=0)
    while readers:
        yield from arrived(readers)
    for child in children:
        child.join()
        if child.exitcode:
            raise SiteError("sitegen", f"a process that rendered pages ended with {child.exitcode}")


def widen(pipe: Connection) -> None:
    """Give a pipe room for what is done while this process has an item of its own, where the system can."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # more than this user may have
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def tickets_for(items: Sequence[object]) -> int:
    """Return a pipe in which are the numbers of the items, or of every second, third … so that all fit into it."""
    tickets, written = os.pipe()
    numbers = range(0, len(items), 1 + len(items) // MAX_TICKETS)
    os.write(written, b"".join(number.to_bytes(TICKET) for number in numbers))
    os.close(written)
    return tickets


def drawn[T](items: Sequence[T], tickets: int) -> Iterator[T]:
    """Yield the items that no process has taken yet."""
    while ticket := os.read(tickets, TICKET):
        number = int.from_bytes(ticket)
        yield from items[number : number + 1 + len(items) // MAX_TICKETS]
    os.close(tickets)


def arrived(readers: list[Connection], timeout: float | None = None) -> Iterator[Any]:
    """Yield what has come from the other processes, and take those that have ended off the list."""
    from multiprocessing.connection import wait

    ready = cast("list[Connection]", wait(readers, timeout))
    for reader in ready:
        try:
            yield reader.recv()
        except EOFError:
            readers.remove(reader)
            reader.close()


def work[T, R](
    function: Callable[[T], R], items: Sequence[T], tickets: int, reader: Connection, writer: Connection
) -> None:
    reader.close()
    for item in drawn(items, tickets):
        writer.send(function(item))
