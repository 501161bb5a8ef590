"""A database of the first release.

first_release.sql is its dump (Python's `sqlite3.Connection.iterdump`), and never changes.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

DUMP = Path(__file__).with_name("first_release.sql")


def create_first_release(path):
    with closing(sqlite3.connect(path)) as database:
        database.executescript(DUMP.read_text())
