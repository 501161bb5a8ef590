"""Comparison of usernames: case-insensitive lookup and detection of look-alikes."""

import unicodedata

from django.contrib.auth.models import User
from django.db.models import QuerySet

from board.text.usernames import key_of, match_usernames

# Lowercase letters that look like Latin ones, from the most common of Unicode's confusables.
LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u04bb\u0432\u043a\u043c\u043d\u0442"
    "\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0131",
    "aeopcyxijsdqwhbkmhtaeikvoptyxi",
)
# Scripts with letters that look alike.
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")


def skeleton_of(username: str) -> str:
    """Return a key that is equal for usernames that look alike."""
    return key_of(username).translate(LOOK_ALIKES)


def mixes_scripts(username: str) -> bool:
    """Return whether a username has letters of several scripts with look-alikes."""
    names = [unicodedata.name(character, "") for character in username if character.isalpha()]
    return sum(any(name.startswith(script) for name in names) for script in SCRIPTS) > 1


def find_user(username: str, users: QuerySet[User]) -> User | None:
    """Return the user with this username, ignoring case, or None if there is none or more than one."""
    # PostgreSQL rejects NUL characters.
    if "\0" in username:
        return None
    exact = users.filter(username=username).first()
    if exact:
        return exact
    found = match_usernames([username], dict(users.values_list("username", "pk")))
    return users.get(pk=found[username]) if found else None
