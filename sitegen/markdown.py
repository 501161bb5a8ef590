"""Markdown to HTML: CommonMark and GFM, with footnotes, definition lists, admonitions, attributes and contents.

Template tags may stand in the prose; in code they are text. What comes out is therefore a template where, and only
where, it still has tags.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from .blocks import author_blocks_plugin
from .engine import TEMPLATE_TAG
from .summaries import best_title, html_headings

DEEPEST_ANCHOR = 4
IN_ADDRESSES = ";/?:@&=+$,-_.!~*'()#%"
# Deeper than Python's stack: the parser would leave out what is inside without a word.
MAX_NESTING = 10_000

# A line of nothing but `{% … %}` is no paragraph: the parser sees a comment. Any other tag is a word to it, of
# characters that no text has.
LINE_OF_TAGS = re.compile(r"^([ \t>]*)((?:{%(?:(?!%}).)*%}[ \t]*)+)$", re.MULTILINE)
MARK = re.compile("<!--\ufdd0\\d+\ufdd1-->|\ufdd2\\d+\ufdd3|%EF%B7%92\\d+%EF%B7%93")
RAW = re.compile(r"{%-?\s*(end)?raw\s*-?%}")  # Jekyll's and Eleventy's name for verbatim
TITLE_LINE = re.compile(r"^#[ \t].*$", re.MULTILINE)
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
    markdown = parser(may_have_links(source))
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
    """Return the text of the first heading of the highest level, without its markup, or None."""
    if not is_markdown:
        return best_title(html_headings(text))
    source = Tags().hide(text)
    line = TITLE_LINE.search(source)
    beginning = source[: line.end()] if line else ""
    found = [] if "[" in beginning else markdown_headings(beginning)  # the address of a link may be anywhere
    return best_title(found if "h1" in dict(found) else markdown_headings(source))


def markdown_headings(source: str) -> list[tuple[str, str]]:
    """Return the tag and the text of each heading; nothing but headings is parsed beyond its kind of block."""
    markdown = outline_parser()
    found, env = [], dict[str, Any]()
    tokens = markdown.parse(source, env)
    for token, following in pairwise([*tokens, Token("", "", 0)]):
        if token.type == "heading_open" and token.info != "tab":
            children: list[Token] = []
            markdown.inline.parse(following.content, markdown, env, children)
            found.append((token.tag, " ".join(MARK.sub("", "".join(map(text_of, children))).split())))
        elif token.type == "html_block":
            found += html_headings(token.content)
    return found


def text_of(token: Token) -> str:
    if token.type == "image":
        return "".join(map(text_of, token.children or ()))
    is_text = token.type in ("text", "text_special", "code_inline")
    return token.content if is_text else " " * token.type.endswith("break")


@cache
def outline_parser() -> MarkdownIt:
    return parser.__wrapped__(links=False).disable(["inline", "anchor"])


@cache
def parser(links: bool) -> MarkdownIt:
    """Return a parser for texts that may have bare addresses."""
    options = {"xhtmlOut": False, "maxNesting": MAX_NESTING, "tasklists": True, "alerts": True}
    markdown = Parser("commonmark", options, renderer_cls=Renderer).enable(["table", "strikethrough"])
    if links:
        markdown.use(gfm_autolink_plugin)
    markdown.use(footnote_plugin).use(deflist_plugin).use(author_blocks_plugin)
    anchors = {"max_level": DEEPEST_ANCHOR, "permalink": True, "permalinkSymbol": "#"}
    return markdown.use(anchors_plugin, slug_func=slug_of, **anchors)


def slug_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", MARK.sub("", heading).lower().replace(" ", "-")) or "section"


class Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Return an address with its marks as they are: the parser's own way would take them apart."""
        return quote(url, IN_ADDRESSES)


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
        html: str = pygments.highlight(code, get_lexer_by_name(language), formatter())
    except ClassNotFound:
        html = escape(code)
    return html


@cache
def formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)  # makes a style sheet that nobody asks for: once is enough


def escape_braces(html: str) -> str:
    """Return HTML in which no template engine sees a tag, nor the end of one that seems to begin before."""
    return html.replace("{", "&#123;").replace("}", "&#125;")
