"""Password validation."""

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables
from zxcvbn import zxcvbn

# With ten attempts an hour, as many guesses take eleven years.
GUESSES = 1_000_000
# The time of an estimate grows with the square of the length, so only this many characters are estimated.
ESTIMATED_LENGTH = 72
# Digits and symbols that people add around a word to make it long enough, and their maximum number.
DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")
MOST_DECORATION = 7
# Words that are common for this product and its users but not in English, and well-known examples of passphrases.
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
    """Rejects the passwords in Django's list, and combinations of common words, names, dates, key sequences and repeats.

    Most passwords in that list are shorter than our minimum length. zxcvbn (Wheeler, "zxcvbn: Low-Budget Password
    Strength Estimation", USENIX Security 2016) estimates the number of guesses that an attacker needs. It overestimates
    common words with a year and symbols ("Password2026!!"), so the password is also checked without them.
    """

    @sensitive_variables()
    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` if `password` can be found with fewer than `GUESSES` guesses."""
        super().validate(password, user)
        if min(map(_guesses, {password, _undecorated(password)})) < GUESSES:
            raise ValidationError(self.get_error_message(), code="password_too_common")


@sensitive_variables()
def _undecorated(password: str) -> str:
    """Return the password without digits and symbols at its ends, or unchanged if it has many of these."""
    word = DECORATION.sub("", password)
    return word if word and len(password) - len(word) <= MOST_DECORATION else password


@sensitive_variables()
def _guesses(password: str) -> float:
    return float(zxcvbn(password[:ESTIMATED_LENGTH], CONTEXT, max_length=ESTIMATED_LENGTH)["guesses"])
