from django import template
from django.utils.safestring import SafeString, mark_safe

from board.text import markdown as prose

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Return a description as HTML that can do no harm."""
    return mark_safe(prose.to_html(text))


@register.filter
def gist(text: str) -> str:
    """Return the beginning of a description as one line of plain text."""
    return prose.gist(text)
