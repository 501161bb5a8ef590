import re

from django import template
from django.contrib.auth.models import User

from board.text.search import sort_key

register = template.Library()
COLOURS = 8


@register.filter
def initials(person: User) -> str:
    """Return the first letters of the first and last word of the name, or two letters of the only word."""
    words: list[str] = re.findall(r"\w+", full_name(person).replace("_", " ")) or ["?"]
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()[:2]


@register.filter
def full_name(person: User) -> str:
    """Return the display name, or the username of a person without one."""
    name: str = person.get_full_name() or person.username
    return name


def by_name(person: User) -> tuple[bytes, int]:
    """Return the sort key of a person in lists of people."""
    return sort_key(full_name(person)), person.pk


@register.filter
def colour(person: User) -> int:
    """Return the number of the person's avatar colour (`.p0` … in board.css)."""
    return person.pk % COLOURS
