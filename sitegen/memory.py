"""What was made before, by its source: code in its colours and the heads of pages, most of which stay as they are."""

import json
import sqlite3
from datetime import date, datetime

from .build import generator
from .markdown import highlight
from .metadata import read_mapping
from .pages import digest

ROOM_FOR_HEADS = 3  # for each page: forget them all once there are more
ROOM_FOR_CODE = 10_000

TABLES = """
    CREATE TABLE IF NOT EXISTS codes (age INTEGER PRIMARY KEY, name TEXT UNIQUE, html TEXT);
    CREATE TABLE IF NOT EXISTS heads (name TEXT PRIMARY KEY, metadata TEXT) WITHOUT ROWID;
"""


class Memory:
    """Keeps HTML of code and metadata in one file, which only the process that opened it writes."""

    def __init__(self, path):
        self._connection = connect(path)
        self._heads = dict(self._connection.execute("SELECT name, metadata FROM heads"))
        self._codes = dict(self._connection.execute("SELECT name, html FROM codes"))
        self._new_heads, self._new_codes = {}, {}

    def read_head(self, text, file, line):
        """Return the mapping that the YAML at the top of a page describes, parsed only if it is new."""
        name = self.name(text)
        if name in self._heads:
            return json.loads(self._heads[name], object_hook=as_day)
        mapping = read_mapping(text, file, line)
        if written := as_json(mapping):
            self._new_heads[name] = written
        return mapping

    def highlight(self, code, language):
        """Return code with the spans of its colours, read only if it is new."""
        name = self.name(f"{language}\n{code}")
        if name not in self._codes:
            self._codes[name] = self._new_codes[name] = highlight(code, language)
        return self._codes[name]

    def name(self, source):
        return digest(generator(), source)

    def take_new_codes(self):
        """Return the HTML of code that was made since the last call, by name."""
        new, self._new_codes = self._new_codes, {}
        return new

    def save(self, new_codes, pages):
        """Keep what is new of a site of this many pages, and forget what is too much."""
        with self._connection as connection:
            if self._new_heads and len(self._heads) > ROOM_FOR_HEADS * pages:
                connection.execute("DELETE FROM heads")
            connection.executemany("INSERT OR REPLACE INTO heads VALUES (?, ?)", self._new_heads.items())
            connection.executemany("INSERT OR IGNORE INTO codes (name, html) VALUES (?, ?)", new_codes.items())
            connection.execute("DELETE FROM codes WHERE age <= (SELECT max(age) FROM codes) - ?", [ROOM_FOR_CODE])

    def close(self):
        self._connection.close()


def connect(path):
    """Return a connection to the file at `path`, which is made anew if it is not one of ours."""
    connection = sqlite3.connect(path)
    try:
        # What is lost in a power cut is only made again.
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(TABLES)
    except sqlite3.DatabaseError:
        connection.close()
        path.unlink()
        return connect(path)
    return connection


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
