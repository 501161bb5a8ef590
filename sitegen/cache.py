"""A cache of highlighted code and of front matter, most of which stay the same from build to build."""

import json
import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import Any

from .markdown import highlight
from .metadata import Metadata, read_mapping
from .pages import digest
from .version import generator

FRONT_MATTER_PER_PAGE = 3  # all are deleted once there are more
MAX_HIGHLIGHTS = 10_000

TABLES = """
    CREATE TABLE IF NOT EXISTS highlights (age INTEGER PRIMARY KEY, name TEXT UNIQUE, html TEXT);
    CREATE TABLE IF NOT EXISTS front_matter (name TEXT PRIMARY KEY, metadata TEXT) WITHOUT ROWID;
"""


class BuildCache:
    """A SQLite file with highlighted code and front matter. Only the process that opened it writes to it."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
        self._front_matter: dict[str, str] = dict(
            self._connection.execute("SELECT name, metadata FROM front_matter")
        )
        self._highlights: dict[str, str] = dict(self._connection.execute("SELECT name, html FROM highlights"))
        self._new_front_matter: dict[str, str] = {}
        self._new_highlights: dict[str, str] = {}

    def read_front_matter(self, text: str, file: str, line: int) -> Metadata:
        """Return the metadata in the front matter of a page, parsed only if it is new."""
        name = self.name(text)
        if name in self._front_matter:
            cached: Metadata = json.loads(self._front_matter[name], object_hook=from_json)
            return cached
        mapping = read_mapping(text, file, line)
        if written := to_json(mapping):
            self._new_front_matter[name] = written
        return mapping

    def highlight(self, code: str, language: str) -> str:
        """Return code with the spans of its colours, highlighted only if it is new."""
        name = self.name(f"{language}\n{code}")
        if name not in self._highlights:
            self._highlights[name] = self._new_highlights[name] = highlight(code, language)
        return self._highlights[name]

    def name(self, source: str) -> str:
        return digest(generator(), source)

    def take_new_highlights(self) -> dict[str, str]:
        """Return the HTML of code that was highlighted since the last call, by name."""
        new, self._new_highlights = self._new_highlights, {}
        return new

    def save(self, new_highlights: dict[str, str], pages: int) -> None:
        """Store what is new of a site of this many pages, and delete what exceeds the limits."""
        with self._connection as connection:
            if self._new_front_matter and len(self._front_matter) > FRONT_MATTER_PER_PAGE * pages:
                connection.execute("DELETE FROM front_matter")
            connection.executemany(
                "INSERT OR REPLACE INTO front_matter VALUES (?, ?)", self._new_front_matter.items()
            )
            connection.executemany(
                "INSERT OR IGNORE INTO highlights (name, html) VALUES (?, ?)", new_highlights.items()
            )
            connection.execute(
                "DELETE FROM highlights WHERE age <= (SELECT max(age) FROM highlights) - ?", [MAX_HIGHLIGHTS]
            )

    def close(self) -> None:
        self._connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """Connect to the file at `path`, which is replaced if it is not a database."""
    connection = sqlite3.connect(path)
    try:
        # What a power cut loses is built again.
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(TABLES)
    except sqlite3.DatabaseError:
        connection.close()
        path.unlink()
        return connect(path)
    return connection


def to_json(mapping: Metadata) -> str | None:
    """Return a mapping as JSON that `from_json` reads back unchanged, dates included; None where that is impossible."""
    try:
        written = json.dumps(mapping, default=lambda value: {DAY: value.isoformat()})
        return written if json.loads(written, object_hook=from_json) == mapping else None
    except (TypeError, ValueError, AttributeError):
        return None


DAY = "a day or a moment"


def from_json(values: dict[str, Any]) -> Any:
    """Return the date or datetime that `to_json` wrote as an object, or the object."""
    if values.keys() != {DAY}:
        return values
    kind = datetime if "T" in values[DAY] else date
    return kind.fromisoformat(values[DAY])
