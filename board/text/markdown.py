"""Descriptions are Markdown: as HTML for a task's page, as one plain line for its card."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore, block, normalize
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.tasklists import tasklists_plugin

WORDS = {"a", "br", "code", "em", "input", "label", "s", "strong"}
BLOCKS = {"blockquote", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href", "title"},
    "input": {"type", "checked", "disabled"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto"}

# Blocks whose text decides by itself in which direction it runs; an item of a list brings its paragraph along.
DIRECTED = {"heading_open", "list_item_open", "paragraph_open", "td_open", "th_open"}
# A card shows less than this, of so much of a description: what closes later, nobody opens on purpose.
ENOUGH = 120
READ = 3_000
CHECKBOX = re.compile(r"^\[[ xX]\]\s+")


def to_html(text: str) -> str:
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
def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True}
    markdown = MarkdownIt("commonmark", options, renderer_cls=_Renderer)
    markdown.enable(["table", "strikethrough", "linkify"])
    markdown.core.ruler.push("direction", _set_directions)
    return markdown.use(tasklists_plugin, label=True)


def _set_directions(state: StateCore) -> None:
    before = None
    for token in state.tokens:
        is_in_item = token.type == "paragraph_open" and before is not None and before.type == "list_item_open"
        if token.type in DIRECTED and not is_in_item:
            token.attrSet("dir", "auto")
        before = token


class _Renderer(RendererHTML):
    def heading_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        """Headings begin below the page's own."""
        tokens[index].tag = f"h{min(int(tokens[index].tag[1]) + 1, 6)}"
        return self.renderToken(tokens, index, options, env)

    heading_close = heading_open

    def image(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[index]
        source = str(token.attrs["src"])
        alt = self.renderInlineAsText(token.children or (), options, env) or source
        return f'<a href="{escapeHtml(source)}">{escapeHtml(alt)}</a>'


@lru_cache(maxsize=4096)
def gist(text: str) -> str:
    """Return the beginning of a description on one line, as its page shows it, without the marks of Markdown.

    Cards are rendered by the hundred: the text is cut into blocks, but only the first of these are read.
    """
    state = StateCore(text[:READ], _parser(), {})
    normalize(state)
    block(state)
    words = []
    for text in _texts(state):
        words += text.split()
        if sum(map(len, words)) > ENOUGH:
            break
    return " ".join(words)


def _texts(state: StateCore) -> Iterator[str]:
    """Give the text of each block, the number or the box of a list's item apart."""
    is_item = False
    for token in state.tokens:
        if token.type == "list_item_open":
            yield f"{token.info}{token.markup}" if token.info else ""
            is_item = True
        elif token.type in ("fence", "code_block"):
            yield token.content
        elif token.type == "inline":
            content = CHECKBOX.sub("", token.content) if is_item else token.content
            yield "".join(map(_text_of, state.md.parseInline(content, state.env)[0].children or ()))
            is_item = False


def _text_of(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return "".join(map(_text_of, token.children or ())) or str(token.attrs["src"])
    return token.content
