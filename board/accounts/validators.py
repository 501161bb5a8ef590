"""Which passwords are too easily guessed to be chosen."""

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables
from zxcvbn import zxcvbn

# Who is throttled to ten tries an hour needs eleven years for as many.
GUESSES = 1_000_000
# The effort of an estimate grows with the square of the length, so it looks no farther.
LOOKED_AT = 72
# What people put around a word to make it long enough: digits and signs at its ends, so many at the most.
DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")
MOST_DECORATION = 7
# Words that are no common English ones, but common for this product and its users, and well-known examples of passphrases.
CONTEXT = [
    *(
        "lightboard",
        "scrumboard",
        "kanban",
        "backlog",
        "passwort",
        "willkommen",
        "geheim",
        "sommer",
        "herbst",
        "qwertz",
    ),
    *("correct horse battery staple", "correcthorsebatterystaple", "purple monkey dishwasher"),
]


class GuessedPasswordValidator(CommonPasswordValidator):
    """Refuses the common passwords of Django's list and what is made of common words, names, dates, keys and repeats.

    Most of that list is shorter than our passwords have to be. zxcvbn (Wheeler, "zxcvbn: Low-Budget Password Strength
    Estimation", USENIX Security 2016) estimates how many tries somebody needs who begins with what is most common.
    It rates a common word with a year and a sign ("Password2026!!") much higher than those who guess do, so the word
    is judged without them, too.
    """

    @sensitive_variables()
    def validate(self, password: str, user: Any = None) -> None:
        """Raise a ValidationError when `password` (a string) is found within `GUESSES` tries."""
        super().validate(password, user)
        if min(map(_guesses, {password, _undecorated(password)})) < GUESSES:
            raise ValidationError(self.get_error_message(), code="password_too_common")


@sensitive_variables()
def _undecorated(password: str) -> str:
    """Return the password without the digits and signs at its ends; itself when these are most of its strength."""
    word = DECORATION.sub("", password)
    return word if word and len(password) - len(word) <= MOST_DECORATION else password


@sensitive_variables()
def _guesses(password: str) -> float:
    return float(zxcvbn(password[:LOOKED_AT], CONTEXT, max_length=LOOKED_AT)["guesses"])
