"""The tags and filters of pages: addresses, pictures, and bounded versions of Django's own."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, cast

from django.template import Context, Library, Node, NodeList, TemplateSyntaxError, defaultfilters, defaulttags
from django.template.base import Origin, Parser, Token
from django.template.defaulttags import ForNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import limits, placeholders
from .engine import PageContext
from .site import Site
from .trace import depend

MAX_WIDTH = 10_000
MAX_LOREM = 10_000
PADDING = {"ljust", "rjust", "center", "stringformat", "floatformat"}
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
    path = placeholders.file_of(width, height)
    if not placeholders.FILE.fullmatch(path):
        raise TemplateSyntaxError(f"a picture's width and height must be numbers, not {width!r} and {height!r}")
    return format_html('<img src="/{}" width="{}" height="{}" alt="{}">', path, width, height, alt)


class LoremNode(defaulttags.LoremNode):
    """Django's lorem ipsum, the same in every build and limited in size."""

    def render(self, context: Context) -> str:
        if int(self.count.resolve(context) or 0) > MAX_LOREM:
            raise TemplateSyntaxError(f"lorem gives at most {MAX_LOREM}")
        return super().render(context)


@register.tag
def lorem(parser: Parser, token: Token) -> LoremNode:
    node = defaulttags.lorem(parser, token)
    return LoremNode(node.count, node.method, node.common)


@register.tag
def debug(parser: Parser, token: Token) -> NoReturn:
    raise TemplateSyntaxError("pages have no “debug” tag")


class LoopBody(Node):
    """The body of a loop. It counts towards the budget of the page, so that no loop runs for ever."""

    def __init__(self, loop: ForNode) -> None:
        self.nodelist = cast(NodeList, loop.nodelist_loop)
        self.token, self.origin = loop.token, loop.origin

    def render(self, context: Context) -> SafeString:
        budget = cast(PageContext, context).budget
        size = budget.size
        html = self.nodelist.render(context)
        budget.check(size + len(html))  # not more: loops inside have counted the same text
        return html


@register.tag("for")
def do_for(parser: Parser, token: Token) -> ForNode:
    loop = defaulttags.do_for(parser, token)
    loop.token, loop.origin = token, cast(Origin, parser.origin)
    loop.nodelist_loop = NodeList([LoopBody(loop)])
    return loop


def bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of Django's that refuses to pad or repeat text without bounds."""

    @wraps(function)
    def bounded_function(value: Any, *args: Any, **kwargs: Any) -> Any:
        reject_padding(function.__name__, value, args)
        result = function(value, *args, **kwargs)
        if isinstance(result, (str, list)) and len(result) > limits.MAX_BYTES:
            raise ValueError(f"“{function.__name__}” makes more than {limits.MAX_BYTES // 1024**2} MB")
        return result

    return bounded_function


def reject_padding(name: str, value: Any, args: tuple[Any, ...]) -> None:
    for arg in map(str, args) if name in PADDING else ():
        if len(arg) > 40 or any(int(number) > MAX_WIDTH for number in re.findall(r"\d+", arg)):
            raise ValueError(f"“{name}” takes at most {MAX_WIDTH}, not {arg[:40]}")
    if name == "join" and hasattr(value, "__len__") and len(value) * len(str(args[0])) > limits.MAX_BYTES:
        raise ValueError(f"“join” makes more than {limits.MAX_BYTES // 1024**2} MB")


register.filters |= {name: bounded(function) for name, function in defaultfilters.register.filters.items()}
