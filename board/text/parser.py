"""The parser of Markdown: CommonMark with tables, strikethrough, alerts and linked bare URLs. HTML is text."""

from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token


def make_parser(renderer: type[RendererHTML] = RendererHTML) -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "alerts": True}
    markdown = MarkdownIt("commonmark", options, renderer_cls=renderer)
    return markdown.enable(["table", "strikethrough", "linkify"])


@cache
def parser() -> MarkdownIt:
    """Return the parser for reading a text without rendering it. It keeps escaped characters apart from plain text."""
    return make_parser().disable("text_join")


def plain_texts(children: list[Token]) -> Iterator[Token]:
    """Yield the tokens of plain text among those of a line: neither code nor part of a link or image."""
    links = 0
    for token in children:
        links += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text" and not links:
            yield token
