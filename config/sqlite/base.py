"""Django's SQLite backend, with a fair lock before SQLite's write lock.

SQLite gives its lock to whoever polls at the right moment, and others starve: with 32 writers some wait for seconds.
Here the threads of a process begin their transactions in order of arrival. Other processes still compete for SQLite's
own lock, one thread of each at a time. Only the owner can read the file.
"""

import os
import sqlite3
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from django.db import OperationalError
from django.db.backends.sqlite3 import base

LOCK_TIMEOUT = 5
OWNER_ONLY = 0o600


class FairLock:
    """A lock that is acquired in order of arrival. Any thread may release it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Event] = deque()

    def acquire(self, seconds: float) -> bool:
        """Wait up to `seconds` for the lock; returns whether it was acquired."""
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

    def release(self) -> None:
        """Hand the lock to the next one who waits."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


def make_private(path: Path) -> None:
    """Create a missing database file, and remove the permissions of group and others, whatever the umask.

    SQLite creates its other files (-wal, -shm) with the permissions of the database; those of earlier releases are
    corrected here. A file of another owner is left alone.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    for name in (path, f"{path}-wal", f"{path}-shm"):
        with suppress(FileNotFoundError, PermissionError):
            if os.stat(name).st_mode & 0o077:
                os.chmod(name, OWNER_ONLY)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that holds the fair lock from before BEGIN until after COMMIT or ROLLBACK."""

    # One for each database file, shared by the connections of all threads.
    _locks: ClassVar[dict[str, FairLock]] = {}
    _holds_lock = False
    transaction_mode: str | None  # set by Django, as are the private methods below, which its stubs leave out

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        if not self.is_in_memory_db():
            make_private(Path(conn_params["database"]))
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode == "IMMEDIATE" and not self._holds_lock:
            self._holds_lock = self._write_lock.acquire(LOCK_TIMEOUT)
            if not self._holds_lock:
                raise OperationalError("database is locked: the queue of writers did not move")
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._release_lock()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._release_lock()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._release_lock()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._release_lock()

    @property
    def _write_lock(self) -> FairLock:
        return self._locks.setdefault(self.settings_dict["NAME"], FairLock())

    def _release_lock(self) -> None:
        if self._holds_lock:
            self._holds_lock = False
            self._write_lock.release()
