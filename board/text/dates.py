"""Formatting of dates and times, with the year if it is not the current one."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format


def format_date(value: date, style: str) -> str:
    """Format a date or datetime for the active language.

    `style` is the name of a format without a year (config/formats/). Dates in another year use `<style>_AND_YEAR`.
    """
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return date_format(value, style if value.year == timezone.localdate().year else f"{style}_AND_YEAR")


def format_time(value: datetime) -> str:
    """Format a datetime as its time, and with its day if that is not today."""
    is_today = timezone.localdate(value) == timezone.localdate()
    return date_format(timezone.localtime(value), "CLOCK") if is_today else format_date(value, "LATELY")
