"""HTML that was made before, by the hash of its source: parsing is most of a build, and most texts stay as they are."""

import os
import sqlite3

from . import render
from .build import generator
from .pages import digest

ROOM = 3  # forget what is not used once the memory holds this many times what is


class Memory:
    """Keeps HTML in one file; one process writes it, forked ones may read."""

    def __init__(self, path):
        self.path = path
        self.new = {}
        self._connection, self._process = None, None

    def to_html(self, text):
        """Return the HTML of a Markdown text, parsed only if it is new."""
        return self._remembered(text, lambda: render.parsed(text, self.highlight))

    def highlight(self, code, language):
        """Return code with the spans of its colours: an edited page has mostly the code it had."""
        from .markdown import highlight

        return self._remembered(f"{language}\n{code}", lambda: highlight(code, language))

    def _remembered(self, source, make):
        name = self.name(source)
        row = self._open().execute("SELECT html FROM texts WHERE name = ?", [name]).fetchone()
        if row:
            return row[0]
        if name not in self.new:
            self.new[name] = make()
        return self.new[name]

    def name(self, source):
        return digest(generator(), source)

    def take_new(self):
        """Return what was made since the last call, by name."""
        new, self.new = self.new, {}
        return new

    def save(self, new, texts):
        """Keep what is new, and forget, when there is too much of it, what is of none of these Markdown texts."""
        if not new:
            return
        with self._open() as connection:
            connection.executemany("INSERT OR IGNORE INTO texts VALUES (?, ?)", new.items())
            known = {name for (name,) in connection.execute("SELECT name FROM texts")}
            if len(known) > ROOM * len(texts):
                unused = known - {self.name(text) for text in texts}
                connection.executemany("DELETE FROM texts WHERE name = ?", [[name] for name in unused])

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
