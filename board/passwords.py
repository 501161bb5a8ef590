"""Which passwords are too easily guessed to be chosen."""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables
from zxcvbn import zxcvbn

# Who is throttled to ten tries an hour needs eleven years for as many.
GUESSES = 1_000_000
# The effort of a reckoning grows with the square of the length, so it looks no farther.
LOOKED_AT = 72


class GuessedPasswordValidator(CommonPasswordValidator):
    """Refuses the common passwords of Django's list and what is made of common words, names, dates, keys and repeats.

    Most of that list is shorter than our passwords have to be. zxcvbn (Wheeler, "zxcvbn: Low-Budget Password Strength
    Estimation", USENIX Security 2016) reckons how many tries somebody needs who begins with what is most common.
    """

    @sensitive_variables()
    def validate(self, password, user=None):
        """Raise a ValidationError when `password` (a string) is found within `GUESSES` tries."""
        super().validate(password, user)
        if zxcvbn(password[:LOOKED_AT], max_length=LOOKED_AT)["guesses"] < GUESSES:
            raise ValidationError(self.get_error_message(), code="password_too_common")
