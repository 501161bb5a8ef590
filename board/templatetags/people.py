import re

from django import template
from django.contrib.auth.models import User

from board.text.search import sort_key

register = template.Library()
COLOURS = 8


@register.filter
def initials(person: User) -> str:
    """Return two letters for a person: of the first and the last word of the name, or of the only one."""
    words: list[str] = re.findall(r"\w+", full_name(person).replace("_", " ")) or ["?"]
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()[:2]


@register.filter
def full_name(person: User) -> str:
    """Return the name people know the person by."""
    name: str = person.get_full_name() or person.username
    return name


def by_name(person: User) -> tuple[bytes, int]:
    """Return the key by which people are sorted."""
    return sort_key(full_name(person)), person.pk


@register.filter
def colour(person: User) -> int:
    """Return which of the avatar colours (board.css: `.p0` …) is the person's."""
    return person.pk % COLOURS
