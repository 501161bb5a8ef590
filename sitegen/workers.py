"""Work spread over processes: threads would share one interpreter lock."""

import gc
import os
import threading

from .errors import SiteError


def processors():
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_fork():
    """Return whether a copy of this process is safe to make: not while other threads may hold locks."""
    return hasattr(os, "fork") and threading.active_count() == 1


def spread(function, items, processes):
    """Yield `function(item)` for every item, in any order, worked on by this many forked processes.

    A process whose parent was killed ends at its next result, since nobody is left to take it.
    Raises SiteError when one of the processes is killed.
    """
    from multiprocessing import get_context  # most builds are too small to need it
    from multiprocessing.connection import wait

    context = get_context("fork")
    gc.freeze()  # else each process would copy what it collects
    readers, children = [], []
    for number in range(processes):
        reader, writer = context.Pipe(duplex=False)
        child = context.Process(
            target=work, args=(function, items[number::processes], reader, writer), daemon=True
        )
        child.start()
        writer.close()
        readers.append(reader)
        children.append(child)
    while readers:
        for reader in wait(readers):
            try:
                yield reader.recv()
            except EOFError:
                readers.remove(reader)
                reader.close()
    for child in children:
        child.join()
        if child.exitcode:
            raise SiteError("sitegen", f"a process that rendered pages ended with {child.exitcode}")


def work(function, items, reader, writer):
    reader.close()
    for item in items:
        writer.send(function(item))
