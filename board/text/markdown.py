"""Rendering of Markdown descriptions as HTML, and as a line of plain text for cards."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from types import MappingProxyType

import nh3
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore, block, normalize
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from .checklists import MARK, add_checkboxes, read_items
from .parser import make_parser
from .references import Link, Links, link_references, references_in

INLINE_TAGS = {"a", "br", "button", "code", "em", "input", "label", "s", "strong"}
BLOCK_TAGS = {"blockquote", "div", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href", "title"},
    "button": {"aria-checked", "id", "name", "role", "value"},
    "input": {"type", "checked", "disabled"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto"}
ALERTS = {
    "note": _("Note"),
    "tip": _("Tip"),
    "important": _("Important"),
    "warning": _("Warning"),
    "caution": _("Caution"),
}
ALIGNMENTS = {"align-left", "align-center", "align-right"}
CLASSES = {
    "a": {"done", "mention", "reference"},
    "div": {"markdown-alert", *(f"markdown-alert-{kind}" for kind in ALERTS)},
    "p": {"markdown-alert-title"},
    "td": ALIGNMENTS,
    "th": ALIGNMENTS,
}

NO_LINKS: Links = MappingProxyType({})
# Blocks that get dir="auto". A list item's paragraph inherits the direction of the item.
DIRECTED = {"heading_open", "list_item_open", "paragraph_open", "td_open", "th_open"}
# Cards show fewer characters than this.
EXCERPT_LENGTH = 120
# The number of characters of a description that are parsed for an excerpt.
PARSED_LENGTH = 3_000


def to_html(text: str, links: Links = NO_LINKS, *, can_check: bool = False) -> str:
    """Render a description: CommonMark with tables, strikethrough, task lists, alerts, linked URLs and references.

    Single line breaks are preserved and HTML is escaped. An image becomes a link, because SECURE_CSP blocks images from
    other sites. With `can_check`, the boxes of a checklist are buttons of a form. As a second line of defence, the output is sanitized: only known tags, only URLs of `SCHEMES`.
    """
    own = tuple((reference, links[reference]) for reference in sorted(references_in(text) & links.keys()))
    return _render(text, own, can_check, get_language())


@lru_cache(maxsize=1024)
def _render(text: str, links: tuple[tuple[str, Link], ...], can_check: bool, language: str | None) -> str:
    return nh3.clean(
        _parser().render(text, {"links": dict(links), "can_check": can_check}),
        tags=INLINE_TAGS | BLOCK_TAGS | TABLE_TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener",
    )


@cache
def _parser() -> MarkdownIt:
    markdown = make_parser(_Renderer)
    markdown.core.ruler.before("inline", "items", read_items)
    markdown.core.ruler.before("text_join", "references", link_references)
    markdown.core.ruler.push("direction", _set_directions)
    markdown.core.ruler.push("alerts", _translate_alerts)
    markdown.core.ruler.push("checkboxes", add_checkboxes)
    return markdown


def _set_directions(state: StateCore) -> None:
    before = None
    for token in state.tokens:
        is_in_item = token.type == "paragraph_open" and before is not None and before.type == "list_item_open"
        if token.type in DIRECTED and not is_in_item:
            token.attrSet("dir", "auto")
        before = token


def _translate_alerts(state: StateCore) -> None:
    for token, title in pairwise(state.tokens):
        if token.type == "alert_title_open" and title.content.lower() in ALERTS:
            title.children = [Token("text", "", 0, content=gettext(ALERTS[title.content.lower()]))]


class _Renderer(RendererHTML):
    def heading_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        """Render headings one level lower, below the page's own."""
        tokens[index].tag = f"h{min(int(tokens[index].tag[1]) + 1, 6)}"
        return self.renderToken(tokens, index, options, env)

    heading_close = heading_open

    def td_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        """Render a column's alignment as a class, because SECURE_CSP blocks inline styles."""
        if style := tokens[index].attrs.pop("style", None):
            tokens[index].attrJoin("class", f"align-{str(style).rpartition(':')[2]}")
        return self.renderToken(tokens, index, options, env)

    th_open = td_open

    def image(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[index]
        source = str(token.attrs["src"])
        alt = self.renderInlineAsText(token.children or (), options, env) or source
        return f'<a href="{escapeHtml(source)}">{escapeHtml(alt)}</a>'


@lru_cache(maxsize=4096)
def plain_excerpt(text: str, length: int = EXCERPT_LENGTH) -> str:
    """Return the beginning of a description as a line of plain text, without Markdown syntax.

    It has at least `length` characters, if the description has. For speed, the text is split into blocks, but only the
    first of these are parsed further.
    """
    state = StateCore(text[:PARSED_LENGTH], _parser(), {})
    normalize(state)
    block(state)
    words = []
    for text in _texts(state):
        words += text.split()
        if sum(map(len, words)) > length:
            break
    return " ".join(words)


def _texts(state: StateCore) -> Iterator[str]:
    """Yield the text of each block. The number of a list item is yielded separately, its checkbox is left out."""
    is_item = False
    for token in state.tokens:
        if token.type == "list_item_open":
            yield f"{token.info}{token.markup}" if token.info else ""
            is_item = True
        elif token.type in ("fence", "code_block"):
            yield token.content
        elif token.type == "inline":
            content = MARK.sub("", token.content) if is_item else token.content
            yield "".join(map(_text_of, state.md.parseInline(content, state.env)[0].children or ()))
            is_item = False


def _text_of(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return "".join(map(_text_of, token.children or ())) or str(token.attrs["src"])
    return token.content
