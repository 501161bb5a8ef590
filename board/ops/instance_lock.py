"""Detection of other processes on the same database. A second server requires Redis; a restore requires no server.

For SQLite, this is an flock on a file beside the database, which the system releases when the process ends. For
PostgreSQL, it is the list of the server's connections.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import IO, Any, cast

from django.db import connection

NAME = "lightboard serve"
# Kept open, and so locked, until the process ends.
_lock_files: list[IO[str]] = []


class InUseError(Exception):
    """Another process uses the database."""


def acquire() -> bool:
    """Register this process as a server of the database until it ends. Returns whether there is another one.

    Must be called before the first connection. Raises `InUseError` during a restore.
    """
    if connection.vendor == "postgresql":
        return any(name.startswith(NAME) for name in _others_on_postgres(NAME))
    file = _lock_file()
    if file is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise InUseError("The database is being restored. Start again when the restore has finished.") from None
    others = not _try_exclusive(file)
    fcntl.flock(file, fcntl.LOCK_SH)
    _lock_files.append(file)
    return others


@contextmanager
def exclusive() -> Iterator[None]:
    """Prevent processes from serving the database inside the `with` block. Raises `InUseError` if one does.

    Must be called before the first connection.
    """
    if connection.vendor == "postgresql":
        if others := _others_on_postgres("lightboard restore"):
            raise InUseError(f"The database is in use ({', '.join(others)}). Stop these programs first.")
        yield
        return
    with cast("IO[str]", _lock_file()) as file:
        if not _try_exclusive(file):
            raise InUseError("Lightboard is running on this database. Stop it first.")
        yield


def _others_on_postgres(name: str) -> list[str]:
    """Set the application name of this process's connections, and return the names of other connections."""
    # libpq uses this variable for all connections, including those of the pool.
    own = os.environ["PGAPPNAME"] = f"{name} {os.getpid()}"
    # Without the pool, which would retry for seconds and then hide the reason of a failure.
    single = connection.copy()
    single.settings_dict["OPTIONS"].pop("pool", None)
    with closing(single), single.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity "
            # Excludes background workers such as autovacuum.
            "WHERE datname = current_database() AND application_name <> %s AND backend_type = 'client backend'",
            [own],
        )
        return [other or "unknown" for (other,) in cursor.fetchall()]


def _try_exclusive(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file() -> IO[str] | None:
    if cast(Any, connection).is_in_memory_db():
        return None
    return open(f"{connection.settings_dict['NAME']}.lock", "a", opener=partial(os.open, mode=0o600))
