"""The tags and filters of pages: addresses, pictures, and bounded versions of Django's own."""

import re
from functools import wraps

from django.template import Library, Node, NodeList, TemplateSyntaxError, defaultfilters, defaulttags
from django.utils.html import format_html

from . import engine, placeholders
from .trace import depend

MAX_WIDTH = 10_000
MAX_LOREM = 10_000
PADDING = {"ljust", "rjust", "center", "stringformat", "floatformat"}
HOME = ("home", "homepage", "index")

register = Library()


@register.simple_tag(takes_context=True)
def url(context, name, *args, **kwargs):
    """`{% url 'about' %}`, `{% url 'page' 'blog/first' %}` or `{% url 'homepage' %}`: a page's address."""
    slug = kwargs.get("slug") or (args[0] if args else name)
    slug = "index" if slug in HOME and not args else str(slug).strip("/")
    depend("url", slug)
    page = context["site"]._site.by_slug.get(slug)
    if page is None:
        raise TemplateSyntaxError(f"there is no page “{slug}”")
    return page.url


@register.simple_tag(takes_context=True)
def static(context, path):
    """`{% static 'site.css' %}`: the address of a file in static/."""
    path = f"static/{path}"
    depend("asset", path)
    assets = context["site"]._site.assets
    return assets.address(path) if path in assets else f"/{path}"


@register.simple_tag(takes_context=True)
def now(context, pattern):
    """`{% now "Y" %}`: the moment of the build in Django's date format."""
    return context["site"]._site.format_now(pattern)


@register.simple_tag
def placeholder(width, height, alt=""):
    """`{% placeholder 600 400 "What will be here" %}`: a picture of this size, to be replaced one day."""
    path = placeholders.file_of(width, height)
    if not placeholders.FILE.fullmatch(path):
        raise TemplateSyntaxError(f"a picture's width and height must be numbers, not {width!r} and {height!r}")
    return format_html('<img src="/{}" width="{}" height="{}" alt="{}">', path, width, height, alt)


class LoremNode(defaulttags.LoremNode):
    """Django's blind text, the same in every build and not without end."""

    def render(self, context):
        if int(self.count.resolve(context) or 0) > MAX_LOREM:
            raise TemplateSyntaxError(f"lorem gives at most {MAX_LOREM}")
        return super().render(context)


@register.tag
def lorem(parser, token):
    node = defaulttags.lorem(parser, token)
    return LoremNode(node.count, node.method, node.common)


@register.tag
def debug(parser, token):
    raise TemplateSyntaxError("pages have no “debug” tag")


class Turn(Node):
    """What a loop repeats. It counts, so that a loop that never seems to end is stopped."""

    def __init__(self, loop):
        self.nodelist, self.token, self.origin = loop.nodelist_loop, loop.token, loop.origin

    def render(self, context):
        size = context.budget.size
        html = self.nodelist.render(context)
        context.budget.take(size + len(html))  # not more: loops inside have counted the same text
        return html


@register.tag("for")
def do_for(parser, token):
    loop = defaulttags.do_for(parser, token)
    loop.token, loop.origin = token, parser.origin
    loop.nodelist_loop = NodeList([Turn(loop)])
    return loop


def bounded(function):
    """Return a filter of Django's that refuses to pad or repeat text without bounds."""

    @wraps(function)
    def bounded_function(value, *args, **kwargs):
        refuse_to_pad(function.__name__, value, args)
        result = function(value, *args, **kwargs)
        if isinstance(result, (str, list)) and len(result) > engine.MAX_BYTES:
            raise ValueError(f"“{function.__name__}” makes more than {engine.MAX_BYTES // 1024**2} MB")
        return result

    return bounded_function


def refuse_to_pad(name, value, args):
    for arg in map(str, args) if name in PADDING else ():
        if len(arg) > 40 or any(int(number) > MAX_WIDTH for number in re.findall(r"\d+", arg)):
            raise ValueError(f"“{name}” takes at most {MAX_WIDTH}, not {arg[:40]}")
    if name == "join" and hasattr(value, "__len__") and len(value) * len(str(args[0])) > engine.MAX_BYTES:
        raise ValueError(f"“join” makes more than {engine.MAX_BYTES // 1024**2} MB")


register.filters |= {name: bounded(function) for name, function in defaultfilters.register.filters.items()}
