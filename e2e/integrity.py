"""At the end of tests: does their database pass the integrity check, and a backup and a restore?"""

import os
import subprocess
import sys
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = count(1)


def check_data(url, folder):
    """Back a database up and restore it into a new one. Raises `AssertionError` with what the doctor says."""
    backup = Path(folder) / f"end-{next(NUMBERS)}.backup"
    made = manage("backup", backup, DATABASE_URL=url)
    assert not made.returncode, f"{made.stderr}{manage('doctor', DATABASE_URL=url).stderr}"
    with new_database(url, folder) as target:
        # A restore ends with the integrity check.
        restored = manage("restore", backup, DATABASE_URL=target)
        assert not restored.returncode, restored.stderr
    backup.unlink()


def assert_integrity(url):
    """Examine a database, an SQLite file in this process: one of its own would take ten times as long."""
    if not url.startswith("sqlite"):
        examined = manage("doctor", DATABASE_URL=url)
        assert not examined.returncode, examined.stderr
        return
    from board.ops import integrity

    with integrity.snapshot(url.removeprefix("sqlite:///")) as using:
        assert integrity.check_integrity(using) == []


@contextmanager
def new_database(url, folder):
    """Give the address of a new, empty database beside the one at `url`; it goes in the end."""
    name = f"restored_{os.getpid()}_{next(NUMBERS)}"
    if url.startswith("sqlite"):
        path = Path(folder) / f"{name}.sqlite3"
        yield f"sqlite:///{path}"
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        return
    server = url.rpartition("/")[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def is_there(url):
    """Tell whether a database can still be reached: tests end servers of PostgreSQL that are their own."""
    if url.startswith("sqlite"):
        return Path(url.removeprefix("sqlite:///")).exists()
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def manage(*arguments, **env):
    """Run a command of the project and return how it ended."""
    command = [sys.executable, "manage.py", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
