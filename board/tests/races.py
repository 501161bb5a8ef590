"""Threads of a process of their own, which race for the rows of a database that no test's transaction holds."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BEGIN = """
import django
django.setup(set_prefix=False)
from threading import Barrier, Thread
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)

def race(act, things):
    barrier = Barrier(len(things))

    def run(thing):
        barrier.wait()
        try:
            act(thing)
        except ValidationError:
            pass
        finally:
            connection.close()

    threads = [Thread(target=run, args=[thing]) for thing in things]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
"""


def printed_by(script, database):
    """Return what a script prints that calls `race(act, things)`: `act` of each of the things at once, refused or not.

    Raises `subprocess.CalledProcessError` when it fails.
    """
    return subprocess.run(
        [sys.executable, "-c", BEGIN + script],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
        check=True,
    ).stdout


def new_database(vendor, request, folder):
    """Return the address of an empty database of a vendor."""
    if vendor == "sqlite":
        return f"sqlite:///{folder / 'board.sqlite3'}"
    return request.getfixturevalue("postgres").new_database("race")
