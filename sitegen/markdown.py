"""Markdown to HTML: CommonMark and GFM, with footnotes, definition lists, admonitions, attributes and contents.

Template tags may stand in the prose; in code they are text. What comes out is therefore a template where, and only
where, it still has tags.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.admon.index import admonition
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from .attribute_lists import attribute_lists_plugin
from .engine import TEMPLATE_TAG

if TYPE_CHECKING:
    from pygments.formatters import HtmlFormatter

DEEPEST_ANCHOR = 4
IN_ADDRESSES = ";/?:@&=+$,-_.!~*'()#%"
# Deeper than Python's stack: the parser would leave out what is inside without a word.
MAX_NESTING = 10_000
TOC = "<!--table of contents-->"

# A line of nothing but `{% … %}` is no paragraph: the parser sees a comment. Any other tag is a word to it, of
# characters that no text has.
LINE_OF_TAGS = re.compile(r"^([ \t>]*)((?:{%(?:(?!%}).)*%}[ \t]*)+)$", re.MULTILINE)
MARK = re.compile("<!--\ufdd0\\d+\ufdd1-->|\ufdd2\\d+\ufdd3|%EF%B7%92\\d+%EF%B7%93")
RAW = re.compile(r"{%-?\s*(end)?raw\s*-?%}")  # Jekyll's and Eleventy's name for verbatim
HEADING_LINE = re.compile(r"^[ \t>]*(?:#{1,6}(?:[ \t].*)?|=+[ \t]*|-+[ \t]*|.*</h[1-6]>.*)$", re.MULTILINE)
HTML_HEADING = re.compile(r"<(h[1-6])\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
TAB = re.compile(r'===[+!]?[ \t]+"([^"\n]+)"[ \t]*$')
CODE_SPAN = re.compile(r"(`+).*?\1", re.DOTALL)
CODE_TITLE = re.compile(r'\btitle="([^"]*)"')
LANGUAGE = re.compile(r"\{?[ \t]*\.?([^\s{},:=]+)(?!=)")
# Syntax of others that would be published as it is written, by the words of a warning.
UNSUPPORTED = {
    "a block between “:::”": (":::", r"^:{3,}"),
    "a snippet": ("8<", r"^-{2}8<-{2}"),
    "an admonition without indented text": ("!!!", r"^!!!(?:[ +]|$)"),
    "an abbreviation": ("*[", r"^\*\[[^\]]+\]:"),
    "a table whose rows do not match": ("|", r"^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*\|[-:| \t]*$"),
    "attributes here": ("{", r"\{:?[ \t]*(?:[.#][\w-]+|[\w-]+=)[^{}\n]*\}|\{:[^{}\n]*\}"),
    "a link between “[[” and “]]”": ("[[", r"\[\[[^\]\n]+\]\]"),
    "a note that is not there": ("[^", r"\[\^[^\]\s]+\]"),
    "a link whose address is not there": ("][", r"\[[^\]\n]+\]\[[^\]\n]*\]"),
    "highlighting by “==”": ("==", r"==\w[^=\n]*=="),
    "insertion by “++”": ("++", r"\+\+\w[^+\n]*\w\+\+"),
    "superscript by “^”": ("^", r"\w\^[\w+-]+\^"),
    "subscript by “~”": ("~", r"(?<!~)\w~[\w+-]+~(?!~)"),
    "Markdown in HTML without empty lines": (" markdown", r"^<\w+[^>]* markdown\b[^>]*>"),
    "an alert of another kind": ("[!", r"\[!\w+\][-+]?(?=\s|$)"),
    "a formula": ("$", r"\$\$[^$]+\$\$|(?<![\w$])\$(?=[^\s\d])[^$\n]*[\\^_][^$\n]*(?<!\s)\$(?!\d)"),
    "a formula with signs that Markdown hides": ("\\", r"\\\(.+?\\\)|\\\[.+?\\\]"),
    "an emoji by its name": (":", r"(?<![\w:/]):[a-z][a-z\d_+-]+:(?![\w:/])"),
}


class Converted(NamedTuple):
    """HTML, and the texts in it that are no Markdown of ours, each with the reason for a warning."""

    html: str
    warnings: list[list[str]]


@lru_cache(maxsize=512)
def to_html(text: str) -> Converted:
    """Convert Markdown `text`. Raises RecursionError where it is nested too deeply."""
    tags = Tags()
    source = tags.hide(text) if "{" in text else text
    markdown = parser(may_have_links(source), "{" in source)
    env: EnvType = {"tags": tags}
    tokens = markdown.parse(source, env)
    html: str = markdown.renderer.render(tokens, markdown.options, env)
    html = RAW.sub(r"{% \1verbatim %}", tags.restore(html))
    return Converted(html, list(unsupported(source, tokens)))


def may_have_links(text: str) -> bool:
    """Whether there may be addresses that are links by themselves: looking for them takes a fifth of the time."""
    return "://" in text or "www." in text or "@" in text or "mailto:" in text


def unsupported(source: str, tokens: Sequence[Token]) -> Iterator[list[str]]:
    for name, (sign, pattern) in UNSUPPORTED.items():
        if sign not in source or not re.search(pattern, source, re.MULTILINE):
            continue
        for text in (raw_text(token) if "formula" in name else shown_text(token) for token in tokens):
            for match in re.finditer(pattern, text, re.MULTILINE):
                yield [match[0], f"“{match[0]}” is shown as it is: sitegen knows no such Markdown ({name})"]


def shown_text(token: Token) -> str:
    """Return the text of a block outside of code and links; of an HTML block, its first line."""
    if token.type == "html_block":
        return token.content.partition("\n")[0]
    return "".join(child.content if child.type == "text" else "\n" for child in token.children or ())


def raw_text(token: Token) -> str:
    """Return the Markdown of a block outside of code."""
    return CODE_SPAN.sub("\n", token.content) if token.type == "inline" else ""


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


def first_heading(text: str, is_markdown: bool) -> str | None:
    """Return the text of the first heading of the highest level, without its markup, or None.

    Only as much is parsed as is needed: up to the first line that ends a heading of the first level.
    """
    found: dict[str, str] = {}
    if not is_markdown:
        for match in HTML_HEADING.finditer(text):
            found.setdefault(match[1].lower(), plain(match[2]))
    else:
        source = Tags().hide(text)
        for line in HEADING_LINE.finditer(source):
            part = source if "[" in line[0] or "`" in line[0] else source[: line.end()]
            for tag, title in headings(part):
                found.setdefault(tag, title)
            if found.get("h1"):
                break
    return next((found[tag] for tag in sorted(found) if found[tag]), None)


@lru_cache(maxsize=4096)
def headings(source: str) -> list[tuple[str, str]]:
    """Return the tag and the text of each heading of a Markdown text whose tags are hidden."""
    tokens = parser(links=False, attributes="{" in source).parse(source, {})
    found = []
    for token, following in zip(tokens, [*tokens[1:], Token("", "", 0)], strict=True):
        if token.type == "heading_open":
            title = "".join(map(text_of, following.children or ()))
            found.append((token.tag, " ".join(MARK.sub("", title).split())))
        elif token.type == "html_block" and (match := HTML_HEADING.search(token.content)):
            found.append((match[1].lower(), plain(match[2])))
    return found


def text_of(token: Token) -> str:
    if token.type == "image":
        return "".join(map(text_of, token.children or ()))
    return token.content if token.type in ("text", "code_inline") else " " * token.type.endswith("break")


def plain(html: str) -> str:
    """Return the text of HTML; nothing where it has template tags."""
    from selectolax.lexbor import LexborHTMLParser  # here, since few headings are HTML

    body = LexborHTMLParser(html).body
    return " ".join(body.text().split()) if body and not re.search("{[{%]", html) else ""


@cache
def parser(links: bool, attributes: bool) -> MarkdownIt:
    """Return a parser for texts that may have bare addresses, and attributes in braces."""
    options = {"xhtmlOut": False, "maxNesting": MAX_NESTING, "tasklists": True, "alerts": True}
    markdown = Parser("commonmark", options, renderer_cls=Renderer).enable(["table", "strikethrough"])
    for plugin in [gfm_autolink_plugin] * links + [attribute_lists_plugin] * attributes:
        markdown.use(plugin)
    markdown.use(footnote_plugin).use(deflist_plugin).use(admon_plugin, render=render_admonition)
    ends = ["paragraph", "reference", "blockquote", "list"]
    markdown.block.ruler.at("admonition", indented_block, {"alt": ends})
    anchors = {"max_level": DEEPEST_ANCHOR, "permalink": True, "permalinkSymbol": "#"}
    markdown.use(anchors_plugin, slug_func=slug_of, **anchors)
    markdown.core.ruler.push("contents", contents)
    return markdown


def slug_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", MARK.sub("", heading).lower().replace(" ", "-")) or "section"


class Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Return an address with its marks as they are: the parser's own way would take them apart."""
        return quote(url, IN_ADDRESSES)


def indented_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse `!!! note` or `??? note`, or `=== "Name"`, MkDocs' tab, and the indented text below."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(("!!!", "???", "==="), begin):
        return False
    match = TAB.match(state.src[begin : state.eMarks[start]])
    count, source = len(state.tokens), state.src
    if match:
        state.src = f"{source[:begin]}!!!{source[begin + 3 :]}"
    widen_empty_lines(state, start, end)
    is_there = admonition(state, start, end, silent)
    state.src = source
    if match and is_there and not silent:
        make_section(state.tokens[count : count + 4], match[1], state.tokens[:count])
    return is_there


def widen_empty_lines(state: StateBlock, start: int, end: int) -> None:
    """Have empty lines count as indented where the next line is: two of them would end the block."""
    indent = state.sCount[start] + 4
    for line in range(end - 2, start, -1):
        if state.isEmpty(line) and state.sCount[line + 1] >= indent:
            state.sCount[line] = indent


def make_section(tokens: Sequence[Token], name: str, before: Sequence[Token]) -> None:
    """Make a section with a heading of an admonition, one level below the last heading that is not such a one."""
    section, opening, title, closing = tokens
    above = [int(token.tag[1]) for token in before if token.type == "heading_open" and not token.meta.get("tab")]
    section.attrs, opening.attrs, opening.meta, title.content = {"class": "tab"}, {}, {"tab": True}, name
    opening.tag = closing.tag = f"h{min(6, (above or [1])[-1] + 1)}"
    opening.type, closing.type = "heading_open", "heading_close"


def contents(state: StateCore) -> None:
    """Put a mark in the place of `[TOC]`; the list is made once the page is."""
    for index, token in enumerate(state.tokens) if "toc" in state.src.lower() else ():
        if token.type == "inline" and token.content in ("[TOC]", "[toc]", "[[TOC]]", "[[_TOC_]]"):
            token.children = [Token("html_inline", "", 0, content=TOC)]
            state.tokens[index - 1].hidden = state.tokens[index + 1].hidden = True


def render_admonition(
    renderer: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    """Return a tag of an admonition; one that begins with `???` folds."""
    token = tokens[idx]
    markup = tokens[idx - 2].markup if token.type == "admonition_title_close" else token.markup
    if markup.startswith("?"):
        token.tag = "summary" if "title" in token.type else "details"
        if token.markup == "???+" and token.type == "admonition_open":
            token.attrSet("open", "")
    return renderer.renderToken(tokens, idx, options, env)


class Renderer(RendererHTML):
    """Code without template tags, and blocks that a keyboard can scroll when their lines are too long."""

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        code = escape_braces(escape(env["tags"].restore(tokens[idx].content)))
        return f"<code{self.renderAttrs(tokens[idx])}>{code}</code>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        info = unescapeAll(tokens[idx].info)
        language = match[1] if (match := LANGUAGE.match(info)) else ""
        html = escape_braces(highlight(env["tags"].restore(tokens[idx].content), language))
        name = f' class="language-{escape(language)}"' if language else ""
        title = CODE_TITLE.search(info)
        caption = f'<p class="code-title">{escape_braces(escape(title[1]))}</p>\n' if title else ""
        return f'{caption}<pre tabindex="0"><code{name}>{html}</code></pre>\n'

    code_block = fence

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="table" tabindex="0">' + self.renderToken(tokens, idx, options, env)

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.renderToken(tokens, idx, options, env) + "</div>\n"

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the tag with its alignment as a class, which no policy blocks."""
        if style := tokens[idx].attrs.pop("style", None):
            tokens[idx].attrJoin("class", f"align-{str(style).rpartition(':')[2]}")
        return self.renderToken(tokens, idx, options, env)

    th_open = td_open


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
