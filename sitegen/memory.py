"""What was parsed before, by its source: parsing is most of a build, and most texts stay as they are."""

import json
import os
import sqlite3
from datetime import date, datetime

from . import render
from .build import generator
from .metadata import read_mapping
from .pages import digest

ROOM = 3  # forget what is not used once the memory holds this many times what is


TABLES = """
    CREATE TABLE IF NOT EXISTS texts (name TEXT PRIMARY KEY, html TEXT) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS heads (name TEXT PRIMARY KEY, metadata TEXT) WITHOUT ROWID;
"""


class Memory:
    """Keeps HTML and metadata in one file; one process writes it, forked ones may read."""

    def __init__(self, path):
        self.path = path
        self.new, self._new_heads = {}, {}
        self._connection, self._process = None, None
        self._heads = dict(self._open().execute("SELECT name, metadata FROM heads"))

    def read_head(self, text, file, line):
        """Return the mapping that the YAML at the top of a page describes, parsed only if it is new."""
        name = self.name(text)
        if name in self._heads:
            return json.loads(self._heads[name], object_hook=as_day)
        mapping = read_mapping(text, file, line)
        if written := as_json(mapping):
            self._new_heads[name] = written
        return mapping

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
        with self._open() as connection:
            if self._new_heads and len(self._heads) > ROOM * len(texts):
                connection.execute("DELETE FROM heads")
            connection.executemany("INSERT OR REPLACE INTO heads VALUES (?, ?)", self._new_heads.items())
            if not new:
                return
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
            connection.executescript(TABLES)
        except sqlite3.DatabaseError:
            connection.close()
            self.path.unlink()
            return self._connect()
        return connection

    def close(self):
        if self._connection:
            self._connection.close()
            self._connection, self._process = None, None


def as_json(mapping):
    """Return a mapping as JSON that reads the same again, days and moments included; None where it cannot be."""
    try:
        written = json.dumps(mapping, default=lambda value: {DAY: value.isoformat()})
        return written if json.loads(written, object_hook=as_day) == mapping else None
    except (TypeError, ValueError, AttributeError):
        return None


DAY = "a day or a moment"


def as_day(values):
    """Return the date or datetime that `as_json` wrote as an object, or the object."""
    if values.keys() != {DAY}:
        return values
    kind = datetime if "T" in values[DAY] else date
    return kind.fromisoformat(values[DAY])
