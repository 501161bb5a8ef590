"""Spellings of usernames."""

import unicodedata
from collections.abc import Iterable, Mapping


def key_of(username: str) -> str:
    """Return a normalized username, which ignores case and compatibility characters."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", folded)


def match_usernames[T](spellings: Iterable[str], people: Mapping[str, T]) -> dict[str, T]:
    """Return {spelling: person} of the spellings that are someone's username. `people` is {username: person}.

    An exact match takes precedence, because usernames of old accounts may differ only in case. A spelling that is the
    username of more than one person otherwise is nobody's.
    """
    by_key: dict[str, list[T]] = {}
    for username, person in people.items():
        by_key.setdefault(key_of(username), []).append(person)
    found = {name: [people[name]] if name in people else by_key.get(key_of(name), []) for name in spellings}
    return {name: matches[0] for name, matches in found.items() if len(matches) == 1}
