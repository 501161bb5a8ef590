"""Texts and dates that people type: what each field takes, on pages and in the API alike."""

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    # The stubs make these classes generic, which they are not at run time.
    BaseCharField = models.CharField[str, str]
    BaseTextField = models.TextField[str, str]
    BaseDateField = models.DateField[str | date | None, date | None]
else:
    BaseCharField, BaseTextField, BaseDateField = models.CharField, models.TextField, models.DateField

EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
NAME_LENGTH = 255
DESCRIPTION_LENGTH = 10_000
BLANK = _("This field can't be blank.")
# With the spaces around them; Unicode's line and paragraph separators, too.
LINE_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
# Controls and format characters, spaces, and marks that need a letter. Not private use: fonts have symbols there.
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me", "Mc"}
# Fillers of Hangul, the blank of Braille, the null note head and what is reserved for ignorable characters.
FILLERS = {
    0x115F,
    0x1160,
    0x3164,
    0xFFA0,
    0x2800,
    0x1D159,
    0x2065,
    *range(0xFFF0, 0xFFF9),
    *range(0xE0000, 0xE1000),
}


def is_visible(text: str) -> bool:
    """Tell whether a text has anything to see: "\\u200b" has not."""
    return any(category(char) not in INVISIBLE and ord(char) not in FILLERS for char in text)


def one_line(text: str) -> str:
    """Return a text with a space for each line break; nothing when nothing of it is visible."""
    return LINE_BREAKS.sub(" ", text).strip() if is_visible(text) else ""


def validate_day(value: date) -> None:
    """Refuse dates that can only be typing errors, such as a year of two digits in four places."""
    if not EARLIEST <= value <= LATEST:
        years = {"first": EARLIEST.year, "last": LATEST.year}
        raise ValidationError(gettext("Enter a date between %(first)s and %(last)s.") % years)


class OneLineField(forms.CharField):
    """A text of one line; a required one has something to see."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        line = one_line(text)
        if text and not line and self.required:
            raise ValidationError(BLANK, code="required")
        return line


class TextField(forms.CharField):
    """A text of several lines, as long on the server as in the browser, which counts a line break as one character."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class NameField(BaseCharField):
    """A name: one line that has something to see."""

    default_error_messages = {"blank": BLANK}

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text if text is None else one_line(text)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": OneLineField, **kwargs})


class DescriptionField(BaseTextField):
    """A text of several lines, which may be empty and has at most `DESCRIPTION_LENGTH` characters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        limits: dict[str, Any] = {
            "blank": True,
            "default": "",
            "max_length": DESCRIPTION_LENGTH,
            "validators": [MaxLengthValidator(DESCRIPTION_LENGTH)],
        }
        super().__init__(*args, **limits | kwargs)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": TextField, **kwargs})


class DayField(BaseDateField):
    """A date that somebody may have meant."""

    default_validators = [validate_day]
