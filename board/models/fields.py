"""Model and form fields for text and dates, shared by pages and the API."""

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
# Includes surrounding spaces, and Unicode's line and paragraph separators.
LINE_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
# Control and format characters, spaces, and combining marks. Not private use, where fonts have symbols.
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me", "Mc"}
# Hangul fillers, the Braille blank, the null note head, and ranges reserved for ignorable characters.
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
    """Return whether a text has a visible character. "\\u200b" has none."""
    return any(category(char) not in INVISIBLE and ord(char) not in FILLERS for char in text)


def one_line(text: str) -> str:
    """Replace each line break by a space. Returns "" for a text without a visible character."""
    return LINE_BREAKS.sub(" ", text).strip() if is_visible(text) else ""


def validate_day(value: date) -> None:
    """Reject dates that must be typing errors, such as the year 0026."""
    if not EARLIEST <= value <= LATEST:
        years = {"first": EARLIEST.year, "last": LATEST.year}
        raise ValidationError(gettext("Enter a date between %(first)s and %(last)s.") % years)


class OneLineField(forms.CharField):
    """A single line of text. If it is required, it must have a visible character."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        line = one_line(text)
        if text and not line and self.required:
            raise ValidationError(BLANK, code="required")
        return line


class TextField(forms.CharField):
    """Text of several lines. A line break counts as one character, as it does in browsers."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class NameField(BaseCharField):
    """A name: a single line with a visible character."""

    default_error_messages = {"blank": BLANK}

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return text if text is None else one_line(text)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": OneLineField, **kwargs})


class DescriptionField(BaseTextField):
    """Text of several lines with at most `DESCRIPTION_LENGTH` characters. It may be empty."""

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
    """A date within a plausible range."""

    default_validators = [validate_day]
