from django import template
from django.utils.safestring import SafeString, mark_safe

from board.text.markdown import plain_excerpt, to_html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Render a description as sanitized HTML."""
    return mark_safe(to_html(text))


register.filter("plain_excerpt", plain_excerpt)
