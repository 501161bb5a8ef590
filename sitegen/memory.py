"""The HTML of Markdown texts by their hash: parsing is most of a build, and most texts stay as they are."""

import os
import sqlite3

from .build import generator
from .pages import digest
from .render import parsed


class MarkdownMemory:
    """Keeps HTML in one file; one process writes it, forked ones may read."""

    def __init__(self, path):
        self.path = path
        self.parsed = {}
        self._connection, self._process = None, None

    def to_html(self, text):
        """Return the HTML of a Markdown text, parsed only if it is new."""
        name = self.name(text)
        row = self._open().execute("SELECT html FROM texts WHERE name = ?", [name]).fetchone()
        if row:
            return row[0]
        if name not in self.parsed:
            self.parsed[name] = parsed(text)
        return self.parsed[name]

    def name(self, text):
        return digest(generator(), text)

    def take_parsed(self):
        """Return what was parsed since the last call, by name."""
        parsed, self.parsed = self.parsed, {}
        return parsed

    def save(self, parsed, used):
        """Keep what was parsed, and of the rest only the names in `used`."""
        with self._open() as connection:
            connection.executemany("INSERT OR IGNORE INTO texts VALUES (?, ?)", parsed.items())
            known = {name for (name,) in connection.execute("SELECT name FROM texts")}
            connection.executemany("DELETE FROM texts WHERE name = ?", [[name] for name in known - used])

    def _open(self):
        # A connection must not be used across a fork.
        if self._process != os.getpid():
            self._connection, self._process = self._connect(), os.getpid()
        return self._connection

    def _connect(self):
        connection = sqlite3.connect(self.path)
        try:
            # What is lost in a power cut is only parsed again.
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("CREATE TABLE IF NOT EXISTS texts (name TEXT PRIMARY KEY, html TEXT) WITHOUT ROWID")
        except sqlite3.DatabaseError:
            connection.close()
            self.path.unlink()
            return self._connect()
        return connection

    def close(self):
        if self._connection:
            self._connection.close()
            self._connection, self._process = None, None
