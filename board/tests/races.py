"""Helpers for race conditions: threads in a separate process, with real transactions."""

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
    """Run a script that calls `race(act, things)`, and return its output. `race` calls `act` for all things concurrently.

    Raises `subprocess.CalledProcessError` if the script fails.
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
    """Return the URL of an empty database of a vendor."""
    if vendor == "sqlite":
        return f"sqlite:///{folder / 'board.sqlite3'}"
    return request.getfixturevalue("postgres").new_database("race")
