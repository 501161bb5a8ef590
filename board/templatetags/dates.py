from datetime import date, datetime

from django import template

from board.text import dates

register = template.Library()


@register.filter
def when(value: date | None, style: str) -> str:
    """Format a date or datetime: {{ task.due|when:"DAY" }}. Returns "" for None."""
    return dates.format_date(value, style) if value else ""


@register.filter
def clock(value: datetime) -> str:
    return dates.format_time(value)
