from datetime import date, datetime

from django import template

from board.text import dates

register = template.Library()


@register.filter
def when(value: date | None, style: str) -> str:
    """Return a date or a moment as people read it: {{ task.due|when:"DAY" }}; "" for none."""
    return dates.in_words(value, style) if value else ""


@register.filter
def clock(value: datetime) -> str:
    """Return a moment as its time, with its day when that is not today."""
    return dates.clock(value)
