from django import template
from django.utils.safestring import SafeString, mark_safe

from board.text.markdown import NO_LINKS, plain_excerpt, to_html
from board.text.references import Links

register = template.Library()


@register.filter
def markdown(text: str, links: Links = NO_LINKS) -> SafeString:
    """Render a description as sanitized HTML, with links for its references (see `board.references.references`)."""
    return mark_safe(to_html(text, links))


@register.filter
def checklist(text: str, links: Links = NO_LINKS) -> SafeString:
    """Render a description like `markdown`, with buttons that check its items (see board/description.html)."""
    return mark_safe(to_html(text, links, can_check=True))


register.filter("plain_excerpt", plain_excerpt)
