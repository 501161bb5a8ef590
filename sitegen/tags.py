"""The tags of pages: addresses, dates and pictures."""

from typing import Any, NoReturn

from django.template import Context, Library, TemplateSyntaxError, defaultfilters
from django.template.base import Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .pictures import PLACEHOLDER, placeholder_file
from .site import Site
from .trace import depend

HOME = ("home", "homepage", "index")

register = Library()


def site_of(context: Context) -> Site:
    site: Site = context["site"]._site
    return site


@register.simple_tag(takes_context=True)
def url(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """`{% url 'about' %}`, `{% url 'page' 'blog/first' %}` or `{% url 'homepage' %}`: a page's address."""
    slug = kwargs.get("slug") or (args[0] if args else name)
    slug = "index" if slug in HOME and not args else str(slug).strip("/")
    depend("url", slug)
    page = site_of(context).by_slug.get(slug)
    if page is None:
        raise TemplateSyntaxError(f"there is no page “{slug}”")
    return page.url


@register.simple_tag(takes_context=True)
def static(context: Context, path: str) -> str:
    """`{% static 'site.css' %}`: the address of a file in static/."""
    path = f"static/{path}"
    depend("asset", path)
    assets = site_of(context).assets
    return assets.address(path) if path in assets else f"/{path}"


@register.simple_tag(takes_context=True)
def now(context: Context, pattern: str) -> str:
    """`{% now "Y" %}`: the moment of the build in Django's date format."""
    depend("now", pattern)
    return defaultfilters.date(site_of(context).now, pattern)


@register.simple_tag
def placeholder(width: object, height: object, alt: str = "") -> SafeString:
    """`{% placeholder 600 400 "What will be here" %}`: a picture of this size, to be replaced one day."""
    path = placeholder_file(width, height)
    if not PLACEHOLDER.fullmatch(path):
        raise TemplateSyntaxError(f"a picture's width and height must be numbers, not {width!r} and {height!r}")
    return format_html('<img src="/{}" width="{}" height="{}" alt="{}">', path, width, height, alt)


@register.tag
def debug(parser: Parser, token: Token) -> NoReturn:
    raise TemplateSyntaxError("pages have no “debug” tag")
