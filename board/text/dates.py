"""Dates and moments as people read them: with the year where it is not this one."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format


def in_words(value: date, style: str) -> str:
    """Return a date or a moment as the language writes it (config/formats/).

    `style` is the name of a format without a year; one in another year than today's is written as `<style>_AND_YEAR`.
    """
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return date_format(value, style if value.year == timezone.localdate().year else f"{style}_AND_YEAR")


def clock(value: datetime) -> str:
    """Return a moment of today as its time, another one with its day."""
    is_today = timezone.localdate(value) == timezone.localdate()
    return date_format(timezone.localtime(value), "CLOCK") if is_today else in_words(value, "LATELY")
