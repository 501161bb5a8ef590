"""Markdown to HTML: tables, footnotes, definition lists, heading anchors, code highlighted with Pygments.

Template tags may stand in the prose; in code they are text. What comes out is therefore a template where, and only
where, it still has tags.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from .engine import TEMPLATE_TAG

if TYPE_CHECKING:
    from pygments.formatters import HtmlFormatter

DEEPEST_ANCHOR = 4
IN_ADDRESSES = ";/?:@&=+$,-_.!~*'()#%"
# Deeper than Python's stack: the parser would leave out what is inside without a word.
MAX_NESTING = 10_000

# A line of nothing but `{% … %}` is no paragraph: the parser sees a comment. Any other tag is a word to it, of
# characters that no text has.
LINE_OF_TAGS = re.compile(r"^([ \t>]*)((?:{%(?:(?!%}).)*%}[ \t]*)+)$", re.MULTILINE)
MARK = re.compile("<!--\ufdd0\\d+\ufdd1-->|\ufdd2\\d+\ufdd3|%EF%B7%92\\d+%EF%B7%93")


@lru_cache(maxsize=512)
def to_html(text: str) -> str:
    """Return the HTML of Markdown `text`. Raises RecursionError where it is nested too deeply."""
    tags = Tags()
    html: str = parser().render(tags.hide(text), {"tags": tags})
    return tags.restore(html)


class Tags:
    """The template tags of a text, which its parser sees as marks."""

    def __init__(self) -> None:
        self.by_mark: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """Return the text with a mark in the place of each tag."""
        text = LINE_OF_TAGS.sub(lambda line: line[1] + self._mark("<!--\ufdd0{}\ufdd1-->", line[2]), text)
        return TEMPLATE_TAG.sub(lambda tag: self._mark("\ufdd2{}\ufdd3", tag[0]), text)

    def _mark(self, pattern: str, tag: str) -> str:
        mark = pattern.format(len(self.by_mark))
        self.by_mark[mark] = self.by_mark[quote(mark)] = tag
        return mark

    def restore(self, text: str) -> str:
        """Return the text with its tags in place of the marks."""
        return MARK.sub(lambda mark: self.by_mark.get(mark[0], ""), text) if self.by_mark else text


@cache
def parser() -> MarkdownIt:
    markdown = Parser("commonmark", {"xhtmlOut": False, "maxNesting": MAX_NESTING}, renderer_cls=Renderer)
    markdown.enable(["table", "strikethrough"])
    markdown.use(footnote_plugin).use(deflist_plugin)
    return markdown.use(
        anchors_plugin, max_level=DEEPEST_ANCHOR, slug_func=slug_of, permalink=True, permalinkSymbol="#"
    )


def slug_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", MARK.sub("", heading).lower().replace(" ", "-")) or "section"


class Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Return an address with its marks as they are: the parser's own way would take them apart."""
        return quote(url, IN_ADDRESSES)


class Renderer(RendererHTML):
    """Code without template tags, and blocks that a keyboard can scroll when their lines are too long."""

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<code>{escape_braces(escape(env['tags'].restore(tokens[idx].content)))}</code>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        language = next(iter(tokens[idx].info.split()), "")
        html = escape_braces(highlight(env["tags"].restore(tokens[idx].content), language))
        name = f' class="language-{escape(language)}"' if language else ""
        return f'<pre tabindex="0"><code{name}>{html}</code></pre>\n'

    code_block = fence

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="table" tabindex="0">' + self.renderToken(tokens, idx, options, env)

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.renderToken(tokens, idx, options, env) + "</div>\n"


@lru_cache(maxsize=512)
def highlight(code: str, language: str) -> str:
    """Return `code` with the spans of Pygments' classes; as it is where the language is unknown."""
    import pygments  # here, since most builds highlight nothing
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return pygments.highlight(code, get_lexer_by_name(language), formatter())
    except ClassNotFound:
        return escape(code)


@cache
def formatter() -> "HtmlFormatter[str]":
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)  # makes a style sheet that nobody asks for: once is enough


def escape_braces(html: str) -> str:
    """Return HTML in which no template engine sees a tag, nor the end of one that seems to begin before."""
    return html.replace("{", "&#123;").replace("}", "&#125;")
