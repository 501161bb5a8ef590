"""Django's SQLite, with a fair queue before its write lock.

SQLite lets whoever asks at the right moment have the lock, and others starve: with 32 writers somebody waits for
seconds. Here the threads of a process begin their transactions in the order in which they came; other processes
still meet at SQLite's own lock, one thread of each at a time. The file is readable for its owner alone.
"""

import os
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

from django.db import OperationalError
from django.db.backends.sqlite3 import base

WAIT_AT_MOST = 5
OWNER_ONLY = 0o600


class Queue:
    """A lock that is handed on in the order in which it was asked for. The holder may give it back from any thread."""

    def __init__(self):
        self._lock = threading.Lock()
        self._is_taken = False
        self._waiting = deque()

    def take(self, seconds):
        """Wait for one's turn, so many seconds at most; returns whether it came."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait(seconds)
        with self._lock:
            if not turn.is_set():
                self._waiting.remove(turn)
            return turn.is_set()

    def give_back(self):
        """Let the next one have it."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


def make_private(path):
    """Create a database file that does not exist yet, and take the rights of group and others from it.

    The umask does not count. SQLite gives the files that it adds (-wal, -shm) the rights of the database; those of an
    earlier release lose theirs here. A file of another owner is left alone.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    for name in (path, f"{path}-wal", f"{path}-shm"):
        with suppress(FileNotFoundError, PermissionError):
            if os.stat(name).st_mode & 0o077:
                os.chmod(name, OWNER_ONLY)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that has its turn in the queue from before BEGIN until after COMMIT or ROLLBACK."""

    # One for each database file, shared by the connections of all threads.
    _queues = {}
    _has_turn = False

    def get_new_connection(self, conn_params):
        if not self.is_in_memory_db():
            make_private(Path(conn_params["database"]))
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self):
        if self.transaction_mode == "IMMEDIATE" and not self._has_turn:
            self._has_turn = self._queue.take(WAIT_AT_MOST)
            if not self._has_turn:
                raise OperationalError("database is locked: the queue of writers did not move")
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn()
            raise

    def _commit(self):
        super()._commit()
        self._end_turn()

    def _rollback(self):
        try:
            super()._rollback()
        finally:
            self._end_turn()

    def _close(self):
        try:
            super()._close()
        finally:
            self._end_turn()

    @property
    def _queue(self):
        return self._queues.setdefault(self.settings_dict["NAME"], Queue())

    def _end_turn(self):
        if self._has_turn:
            self._has_turn = False
            self._queue.give_back()
