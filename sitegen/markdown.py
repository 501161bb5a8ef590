"""Markdown to HTML: tables, footnotes, heading anchors, code highlighted with Pygments.

Template tags may stand in the prose; in code they are text. What comes out is therefore a template
where, and only where, it still has tags.
"""

import re
from functools import cache, lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from .engine import TEMPLATE_TAG


@lru_cache(maxsize=512)
def highlight(code, language):
    """Return `code` with the spans of Pygments' classes; as it is where the language is unknown."""
    from pygments import highlight as pygmentize

    lexer = lexer_of(language)
    return pygmentize(code, lexer, formatter()) if lexer else escape(code)


@cache
def lexer_of(language):
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


@cache
def formatter():
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)  # makes a style sheet that nobody asks for: once is enough


@lru_cache(maxsize=512)
def to_html(text, highlight=highlight):
    """Return the HTML of Markdown `text`; `highlight` makes HTML of code and the name of its language."""
    return parser(highlight).render(text)


@lru_cache(maxsize=2)
def parser(highlight):
    options = {"highlight": lambda code, language, attributes: highlight(code, language)}
    markdown = MarkdownIt("commonmark", options, renderer_cls=PageRenderer)
    markdown.enable(["table", "strikethrough"])
    markdown.use(footnote_plugin).use(deflist_plugin)
    markdown.use(anchors_plugin, max_level=4, permalink=True, permalinkSymbol="#")
    markdown.inline.ruler.before("escape", "template_tag", inline_tag)
    markdown.block.ruler.before("fence", "template_tags", block_tags, {"alt": ["paragraph"]})
    return markdown


def inline_tag(state, silent):
    """Markdown rule: a template tag in a line stays as it is."""
    match = state.src.startswith("{", state.pos) and TEMPLATE_TAG.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = match[0]
    state.pos = match.end()
    return True


def block_tags(state, start, end, silent):
    """Markdown rule: a line of nothing but `{% … %}` is no paragraph."""
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("{%", first) or state.is_code_block(start):
        return False
    line = state.src[first : state.eMarks[start]].strip()
    if not re.fullmatch(r"(?:{%((?!%}).)*%}\s*)+", line):
        return False
    if not silent:
        token = state.push("html_block", "", 0)
        token.map = [start, start + 1]
        token.content = line + "\n"
        state.line = start + 1
    return True


class PageRenderer(RendererHTML):
    """Writes code so that no template engine sees a tag in it, and what may be wide so that it can scroll."""

    def code_inline(self, tokens, index, options, env):
        return keep_braces(super().code_inline(tokens, index, options, env))

    def code_block(self, tokens, index, options, env):
        return reachable(keep_braces(super().code_block(tokens, index, options, env)))

    def fence(self, tokens, index, options, env):
        return reachable(keep_braces(super().fence(tokens, index, options, env)))

    def table_open(self, tokens, index, options, env):
        return '<div class="table" tabindex="0">' + self.renderToken(tokens, index, options, env)

    def table_close(self, tokens, index, options, env):
        return self.renderToken(tokens, index, options, env) + "</div>\n"


def keep_braces(html):
    return html.replace("{", "&#123;") if "{" in html else html


def reachable(html):
    """Return a code block that a keyboard can scroll when its lines are too long."""
    return html.replace("<pre>", '<pre tabindex="0">', 1)
