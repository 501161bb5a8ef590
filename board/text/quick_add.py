"""Quick add: a line of text as a task with points, a person and a due date: `Fix log-in (3) @ben !fri`.

Only words at the end of the line count, one of each kind, in any order. What is not understood (an unknown person, points
that are not on the scale, an impossible date) stays part of the name, with everything before it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext

from .search import normalize

POINTS = re.compile(r"\((\d{1,3})\)", re.ASCII)
# Other years must be typing errors (`models.fields.validate_day`).
DAY = re.compile(r"(?:19|2\d)\d\d-\d\d-\d\d", re.ASCII)
# Surnames and usernames can contain these.
JOINTS = re.compile(r"[\s._-]+")


class Person(NamedTuple):
    """Someone whom a task can be assigned to."""

    id: int
    username: str
    full_name: str


class Entry(NamedTuple):
    """A task as it was typed. `assigned` is a user id."""

    name: str
    points: int | None = None
    assigned: int | None = None
    due: date | None = None

    @property
    def is_plain(self) -> bool:
        return self[1:] == (None, None, None)


@dataclass(frozen=True)
class Rules:
    """What the words of an entry can mean: {normalized name: user id}, the points scale, and {normalized word: day}."""

    people: Mapping[str, int]
    scale: Collection[int]
    days: Mapping[str, date]

    @classmethod
    def of(cls, people: Iterable[Person], scale: Collection[int], today: date) -> "Rules":
        """Return the rules in the active language."""
        return cls(handles(people), scale, day_words(today))

    def parse(self, line: str) -> Entry:
        """Return the task of a line. Without a word that is understood, its name is the whole line."""
        entry = Entry(line.strip())
        while len(words := entry.name.rsplit(maxsplit=1)) == 2:
            meaning = self._meaning(words[1])
            if meaning is None or getattr(entry, meaning[0]) is not None:
                break
            entry = entry._replace(name=words[0], **dict([meaning]))
        return entry

    def _meaning(self, word: str) -> tuple[str, Any] | None:
        """Return (field, value) of a word, or None if it is plain text."""
        if (points := POINTS.fullmatch(word)) and int(points[1]) in self.scale:
            return "points", int(points[1])
        if word[0] == "@" and (person := self.people.get(_handle(word[1:]))) is not None:
            return "assigned", person
        if word[0] == "!" and (day := self._day(word[1:])):
            return "due", day
        return None

    def _day(self, word: str) -> date | None:
        if not DAY.fullmatch(word):
            return self.days.get(normalize(word).rstrip("."))
        try:
            return date.fromisoformat(word)
        except ValueError:
            return None


def handles(people: Iterable[Person]) -> dict[str, int]:
    """Return {normalized name: user id}: usernames, and the first and full names that only one person has."""
    people = list(people)
    names = [
        (name, person.id)
        for person in people
        for name in {_handle(person.full_name), _first_name(person.full_name)}
    ]
    often = Counter(name for name, _ in names)
    unique = {name: pk for name, pk in names if often[name] == 1}
    known = unique | {_handle(person.username): person.id for person in people}
    return {name: pk for name, pk in known.items() if name}


def _handle(name: str) -> str:
    return JOINTS.sub("", normalize(name))


def _first_name(full_name: str) -> str:
    return _handle(full_name.split()[0]) if full_name.split() else ""


def day_words(today: date) -> dict[str, date]:
    """Return {normalized word: day} in the active language. A weekday is the next one after today."""
    words = {gettext("Today"): today, gettext("Tomorrow"): today + timedelta(1)}
    for number in WEEKDAYS:
        day = today + timedelta((number - today.weekday() - 1) % 7 + 1)
        words |= {str(WEEKDAYS[number]): day, str(WEEKDAYS_ABBR[number]): day}
    return {normalize(word).rstrip("."): day for word, day in words.items()}


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that have something in them."""
    return [line.strip() for line in text.splitlines() if line.strip()]
