"""Descriptions are Markdown: as HTML for a task's page, as one plain line for its card."""

import re
from functools import cache, lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from mdit_py_plugins.tasklists import tasklists_plugin

WORDS = {"a", "br", "code", "em", "input", "label", "s", "strong"}
BLOCKS = {"blockquote", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES = {"a": {"href", "title"}, "input": {"type", "checked", "disabled"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

# A card shows less than this.
HEAD = 400
# What a line begins with (quote, list, heading, task), lines of nothing but signs, rows of tables, signs around words.
LINE_SIGNS = re.compile(r"^[ \t]*(?:>[ \t]?|[-*+][ \t]+|#{1,6}[ \t]+|\[[ xX]\][ \t]+)+", re.MULTILINE)
EMPTY_LINES = re.compile(
    r"^[ \t]*(?:```.*|~~~.*|[-*_=](?:[ \t]*[-*_=]){2,}|[|:\- \t]*-[|:\- \t]*)[ \t]*$", re.MULTILINE
)
ROWS = re.compile(r"^[ \t]*\|(.+)\|[ \t]*$", re.MULTILINE)
LINKS = re.compile(r"!?\[([^\]\n]*)\]\([^()\s]*(?:[ \t]+\"[^\"\n]*\")?\)")
SIGNS = re.compile(r"(?<!\\)(\*\*|__|~~|`+)|(?<![\\\w])[*_](?=\S)|(?<=[^\s\\])[*_](?!\w)")
ESCAPES = re.compile(r"\\([!-/:-@\[-`{-~])")


def to_html(text):
    """Return the HTML of a description: CommonMark with tables, strikethrough, task lists and bare addresses as links.

    A single line break counts. HTML in the text is text; a picture is a link to it, since pages show none from elsewhere
    (SECURE_CSP). What the parser gives is cleaned all the same: only these tags, only addresses of `SCHEMES`.
    """
    return nh3.clean(
        _parser().render(text),
        tags=WORDS | BLOCKS | TABLES,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener",
    )


@cache
def _parser():
    options = {"html": False, "linkify": True, "breaks": True}
    markdown = MarkdownIt("commonmark", options, renderer_cls=_Renderer)
    markdown.enable(["table", "strikethrough", "linkify"])
    return markdown.use(tasklists_plugin, label=True)


class _Renderer(RendererHTML):
    def heading_open(self, tokens, index, options, env):
        """Headings begin below the page's own."""
        tokens[index].tag = f"h{min(int(tokens[index].tag[1]) + 1, 6)}"
        return self.renderToken(tokens, index, options, env)

    heading_close = heading_open

    def image(self, tokens, index, options, env):
        token = tokens[index]
        alt = self.renderInlineAsText(token.children, options, env) or token.attrs["src"]
        return f'<a href="{escapeHtml(token.attrs["src"])}">{escapeHtml(alt)}</a>'


@lru_cache(maxsize=4096)
def gist(text):
    """Return the beginning of a description on one line, without the signs of Markdown.

    Cards are rendered by the hundred, so this looks at patterns and not at the grammar.
    """
    text = EMPTY_LINES.sub("", text[:HEAD])
    text = LINE_SIGNS.sub("", text)
    text = ROWS.sub(lambda row: row[1].replace("|", " "), text)
    text = LINKS.sub(r"\1", text)
    text = SIGNS.sub("", text)
    return " ".join(ESCAPES.sub(r"\1", text).split())
