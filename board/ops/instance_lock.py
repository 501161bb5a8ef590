"""Who serves a database: a second process needs Redis, and a restore needs that there is none.

With SQLite this is a lock on a file beside the database, which ends with its process however that ends; with
PostgreSQL it is what the server itself says about its connections.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import IO, Any, cast

from django.db import connection

NAME = "lightboard serve"
# Open, and so locked, as long as the process lives.
_held: list[IO[str]] = []


class InUseError(Exception):
    """The database is in use by what does not go together with what was asked for."""


def acquire() -> bool:
    """Let this process count as one that serves the database, until it ends; returns whether another one does, too.

    To be called before the first connection. Raises `InUseError` while a restore is under way.
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
    others = not _take_alone(file)
    fcntl.flock(file, fcntl.LOCK_SH)
    _held.append(file)
    return others


@contextmanager
def exclusive() -> Iterator[None]:
    """Keep everybody from serving the database meanwhile. Raises `InUseError` when somebody does.

    To be called before the first connection.
    """
    if connection.vendor == "postgresql":
        if others := _others_on_postgres("lightboard restore"):
            raise InUseError(f"The database is in use ({', '.join(others)}). Stop these programs first.")
        yield
        return
    with cast("IO[str]", _lock_file()) as file:
        if not _take_alone(file):
            raise InUseError("Lightboard is running on this database. Stop it first.")
        yield


def _others_on_postgres(name: str) -> list[str]:
    """Call the connections of this process `name` and return what others on this database are called."""
    # By this libpq names all that it opens, those of the pool included.
    own = os.environ["PGAPPNAME"] = f"{name} {os.getpid()}"
    # Past the pool, which would try for seconds before it says that nobody is there, and not why.
    single = connection.copy()
    single.settings_dict["OPTIONS"].pop("pool", None)
    with closing(single), single.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity "
            # Autovacuum is nobody.
            "WHERE datname = current_database() AND application_name <> %s AND backend_type = 'client backend'",
            [own],
        )
        return [other or "somebody" for (other,) in cursor.fetchall()]


def _take_alone(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file() -> IO[str] | None:
    if cast(Any, connection).is_in_memory_db():
        return None
    return open(f"{connection.settings_dict['NAME']}.lock", "a", opener=partial(os.open, mode=0o600))
