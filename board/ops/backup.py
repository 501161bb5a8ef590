"""Backup and restore.

A backup is a zip file with a description (`backup.json`) and a copy of the database. The copy is a consistent snapshot,
made while people work, and has passed the integrity check.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.postgresql.client import DatabaseClient
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from board.models import Counter

from . import instance_lock, integrity

PRODUCT = "Lightboard"
FORMAT = 1
# How every SQLite file begins (https://sqlite.org/fileformat.html).
SQLITE = b"SQLite format 3\x00"
DESCRIPTION, DATABASE = "backup.json", "database"
# The required keys of a description and their types.
DESCRIPTION_TYPES = {
    "product": str,
    "format": int,
    "version": str,
    "database": str,
    "taken": str,
    "newest": int,
    "migrations": list,
}
LONGEST_DESCRIPTION = 1_000_000
# The highest accepted compression ratio, against zip bombs. Real databases have ratios of 3 to 20.
MOST_GROWTH = 200


# The exceptions raised by reading a file that is damaged, encrypted, or not a backup.
NOT_A_BACKUP = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    EOFError,
    RuntimeError,
)


class Description(TypedDict):
    """The content of `backup.json`."""

    product: str
    format: int
    version: str
    database: str
    taken: str
    newest: int
    migrations: list[str]


class BackupError(Exception):
    """A backup can't be made or restored. The message says why."""


# Backup


def write(path: str | Path) -> Description:
    """Write a backup to `path`, which must not exist, and return its description.

    Blocks no other process. Raises `BackupError`, also if the integrity check fails; no file is written then.
    """
    path = Path(path)
    if path.exists():
        raise BackupError(f"{path} already exists.")
    with tempfile.TemporaryDirectory(dir=path.resolve().parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        description = _copy_sqlite(copy) if connection.vendor == "sqlite" else _copy_postgres(copy)
        packed = Path(folder) / "packed"
        with zipfile.ZipFile(packed, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(DESCRIPTION, json.dumps(description, indent=1))
            archive.write(copy, DATABASE)
        with packed.open("rb+") as file:
            os.fsync(file.fileno())
        # A backup contains all data, so only its owner may read it.
        packed.chmod(0o600)
        os.rename(packed, path)
    return description


def _copy_sqlite(copy: Path) -> Description:
    source = connection.settings_dict["NAME"]
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as database,
        closing(sqlite3.connect(copy)) as to,
    ):
        database.backup(to)
        to.execute("PRAGMA journal_mode=DELETE")
    with integrity.snapshot(copy) as using:
        return _describe(using)


def _copy_postgres(copy: Path) -> Description:
    with integrity.snapshot() as using:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
        _run("pg_dump", "--format=custom", "--schema=public", "--no-owner", f"--snapshot={name}", f"--file={copy}")
        return _describe(using)


def _describe(using: str) -> Description:
    """Return the description of a database. Raises `BackupError` if the integrity check fails."""
    if found := integrity.check_integrity(using):
        raise BackupError(f"The integrity check failed. Run manage.py doctor for details. {found[0]}")
    return {
        "product": PRODUCT,
        "format": FORMAT,
        "version": tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"],
        "database": connection.vendor,
        "taken": timezone.now().isoformat(timespec="seconds"),
        "newest": Counter.objects.using(using).get().value,
        "migrations": sorted(map(".".join, MigrationLoader(connections[using]).applied_migrations)),
    }


# Restore


def restore(path: str | Path) -> tuple[Description, str]:
    """Replace the database by a backup and migrate it. Returns (description, location of the replaced database).

    All sessions end, because open pages may show changes newer than the backup. Raises `BackupError`, and
    `instance_lock.InUseError` if a process serves the database. In both cases nothing has changed.
    """
    with instance_lock.exclusive(), _open_backup(path) as (description, copy):
        aside = f"before-restore-{timezone.localtime():%Y%m%d-%H%M%S}"
        if connection.vendor == "sqlite":
            return description, _restore_sqlite(copy, aside)
        return description, _restore_postgres(copy, aside)


@contextmanager
def _open_backup(path: str | Path) -> Iterator[tuple[Description, Path]]:
    """Yield the description of a backup and the path of its unpacked database. Raises `BackupError` for other files."""
    name = connection.settings_dict["NAME"]
    parent = Path(name).resolve().parent if connection.vendor == "sqlite" else None
    with tempfile.TemporaryDirectory(dir=parent, prefix=".restore-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _validate_sizes(archive, folder)
                description = json.loads(archive.read(DESCRIPTION))
                _validate_description(description)
                copy = _unpack(archive, Path(folder) / DATABASE)
        except OSError as error:
            raise BackupError(f"Can't read {path}: {error.strerror or error}.") from None
        except NOT_A_BACKUP as error:
            raise BackupError(f"{path} is not a complete Lightboard backup: {error}.") from None
        yield description, copy


def _validate_sizes(archive: zipfile.ZipFile, folder: str) -> None:
    """Refuse an archive that would fill the memory or the disk. Raises `ValueError`, and `KeyError` for a missing part."""
    if archive.getinfo(DESCRIPTION).file_size > LONGEST_DESCRIPTION:
        raise ValueError("its description is too long")
    database = archive.getinfo(DATABASE)
    if database.file_size > MOST_GROWTH * max(database.compress_size, 4096):
        raise ValueError("it would grow beyond all measure when unpacked")
    if database.file_size > shutil.disk_usage(folder).free:
        raise BackupError(f"Not enough disk space for the backup ({database.file_size:,} bytes).")


def _unpack(archive: zipfile.ZipFile, copy: Path) -> Path:
    """Unpack the database to a new file that only its owner can read, and return its path."""
    private = partial(os.open, mode=0o600)
    with archive.open(DATABASE) as packed, open(copy, "xb", opener=private) as file:
        shutil.copyfileobj(packed, file, 2**20)
    return copy


def _validate_description(description: Any) -> None:
    """Raise `ValueError` for an invalid description, and `BackupError` for one that this installation can't restore."""
    if not isinstance(description, dict) or description.get("product") != PRODUCT:
        raise ValueError("it was made by another program")
    for name, kind in DESCRIPTION_TYPES.items():
        if type(description.get(name)) is not kind:
            raise ValueError(f"its description has no valid {name!r}")
    if not all(isinstance(name, str) for name in description["migrations"]):
        raise ValueError("its description has no valid 'migrations'")
    if description["format"] != FORMAT:
        raise BackupError("This backup was made by a newer version of Lightboard. Restore it with that version.")
    if description["database"] != connection.vendor:
        raise BackupError(
            f"This is a {description['database']} backup, but DATABASE_URL points to {connection.vendor}."
        )
    known = set(map(".".join, MigrationLoader(None).disk_migrations))
    if unknown := sorted(set(description["migrations"]) - known):
        raise BackupError(
            f"This backup was made by a newer version of Lightboard, with migration {unknown[-1]}. Restore it with that version."
        )


def _restore_sqlite(copy: Path, aside: str) -> str:
    """Migrate the copy, then move it to the database's path."""
    _validate_sqlite(copy)
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(copy)
    try:
        _migrate_and_check()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
    # SQLite's write-ahead log belongs to the database.
    for end in ("", "-wal", "-shm"):
        if Path(name + end).exists():
            os.rename(name + end, f"{name}.{aside}{end}")
    os.rename(copy, name)
    return f"{name}.{aside}"


def _validate_sqlite(copy: Path) -> None:
    """Raise `BackupError` if the copy is not an SQLite database, or has triggers, views or virtual tables.

    Runs no code of the database.
    """
    with copy.open("rb") as file:
        if file.read(len(SQLITE)) != SQLITE:
            raise BackupError("The backup does not contain a database.")
    try:
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as database:
            database.execute("PRAGMA trusted_schema=OFF")
            found = database.execute(
                "SELECT type, name FROM sqlite_schema "
                "WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' ORDER BY name"
            ).fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The database in the backup is not complete: {error}.") from None
    if found:
        raise BackupError("The database in the backup has a {} that is not Lightboard's: {!r}.".format(*found))


def _restore_postgres(copy: Path, aside: str) -> str:
    """Rename the current schema and restore the backup into a new one. An error renames it back."""
    aside = aside.replace("-", "_")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA public RENAME TO {aside}")
    try:
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(copy))
        _migrate_and_check()
    except BaseException:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
            cursor.execute(f"ALTER SCHEMA {aside} RENAME TO public")
        raise
    return f"schema {aside}"


def _migrate_and_check() -> None:
    call_command("migrate", verbosity=0)
    Session.objects.all().delete()
    # Invalidates cached pages from after the backup, whose sequence numbers will be used again.
    Counter.objects.update(people=int(timezone.now().timestamp()))
    with integrity.snapshot() as using:
        found = integrity.check_integrity(using)
    if found:
        raise BackupError(f"The backup failed the integrity check. {found[0]}")


def _run(program: str, *arguments: str) -> None:
    """Run a PostgreSQL client program on the database. Raises `BackupError`.

    The password is passed in the environment.
    """
    if not shutil.which(program):
        raise BackupError(f"{program} is not on PATH (Debian: apt-get install postgresql-client).")
    (_, *address, name), env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    done = subprocess.run(
        [program, *address, f"--dbname={name}", *arguments],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()}")
