"""Markdown to HTML: tables, footnotes, heading anchors, code highlighted with Pygments.

pulldown-cmark reads the Markdown, in a hundredth of the time that a parser in Python takes, and says what is in
it as events; here these become HTML. Template tags may stand in the prose; in code they are text. What comes out
is therefore a template where, and only where, it still has tags.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html import escape
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from pyromark import Markdown, Options

from .engine import TEMPLATE_TAG

if TYPE_CHECKING:
    from pygments.formatters import HtmlFormatter
    from pygments.lexer import Lexer

PARSER = Markdown(
    options=Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_DEFINITION_LIST
)
ELEMENTS = {
    "Paragraph": "<p>{}</p>\n",
    "BlockQuote": "\n<blockquote>\n{}</blockquote>\n",
    "Item": "<li>{}</li>\n",
    "DefinitionList": "<dl>\n{}</dl>\n",
    "DefinitionListTitle": "<dt>{}</dt>\n",
    "DefinitionListDefinition": "<dd>{}</dd>\n",
    "Table": '<div class="table" tabindex="0"><table>\n{}</tbody>\n</table>\n</div>\n',
    "TableHead": "<thead>\n<tr>{}</tr>\n</thead>\n<tbody>\n",
    "TableRow": "<tr>{}</tr>\n",
    "Emphasis": "<em>{}</em>",
    "Strong": "<strong>{}</strong>",
    "Strikethrough": "<s>{}</s>",
    "HtmlBlock": "{}",
}
BREAKS = {"SoftBreak": "\n", "HardBreak": "<br>\n", "Rule": "<hr>\n"}
FOOTNOTES = (
    '<hr class="footnotes-sep">\n<section class="footnotes">\n<ol class="footnotes-list">\n{}</ol>\n</section>\n'
)
DEEPEST_ANCHOR = "H4"
IN_ADDRESSES = ";/?:@&=+$,-_.!~*'()#%"

# A line of nothing but `{% … %}` is no paragraph: the parser sees a comment. Any other tag is a word to it, of
# characters that no text has.
LINE_OF_TAGS = re.compile(r"^([ \t>]*)((?:{%(?:(?!%}).)*%}[ \t]*)+)$", re.MULTILINE)
MARK = re.compile("<!--\ufdd0\\d+\ufdd1-->|\ufdd2\\d+\ufdd3|%EF%B7%92\\d+%EF%B7%93")


@lru_cache(maxsize=512)
def highlight(code: str, language: str) -> str:
    """Return `code` with the spans of Pygments' classes; as it is where the language is unknown."""
    from pygments import highlight as pygmentize

    lexer = find_lexer(language)
    return pygmentize(code, lexer, formatter()) if lexer else escape(code)


@cache
def find_lexer(language: str) -> "Lexer | None":
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


@cache
def formatter() -> "HtmlFormatter[str]":
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)  # makes a style sheet that nobody asks for: once is enough


@lru_cache(maxsize=512)
def to_html(text: str) -> str:
    """Return the HTML of Markdown `text`."""
    tags = Tags()
    return tags.restore(Writer(tags).write(PARSER.events(tags.hide(text))))


class Tags:
    """The template tags of a text, which its parser sees as marks."""

    def __init__(self) -> None:
        self.by_mark: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """Return the text with a mark in the place of each tag."""
        if "{%" in text:
            text = LINE_OF_TAGS.sub(lambda line: line[1] + self._mark("<!--\ufdd0{}\ufdd1-->", line[2]), text)
        return TEMPLATE_TAG.sub(lambda tag: self._mark("\ufdd2{}\ufdd3", tag[0]), text)

    def _mark(self, pattern: str, tag: str) -> str:
        mark = pattern.format(len(self.by_mark))
        self.by_mark[mark] = self.by_mark[quote(mark)] = tag
        return mark

    def restore(self, text: str) -> str:
        """Return the text with its tags in place of the marks."""
        return MARK.sub(lambda mark: self.by_mark.get(mark[0], ""), text) if self.by_mark else text


class OpenElement(NamedTuple):
    """An element that has begun, and the indices at which its HTML and its words begin."""

    name: str
    value: Any
    html: int
    words: int


class Writer:
    """Writes the HTML of one text. An element is written when it ends, around its content."""

    def __init__(self, tags: Tags) -> None:
        self.tags = tags
        self.html: list[str] = []
        self.words: list[str] = []
        self.opened: list[OpenElement] = []
        self.slugs: set[str] = set()
        self.notes: dict[str, str] = {}
        self.references: dict[str, int] = {}

    def write(self, events: Iterable[Any]) -> str:
        """Return the HTML of these events."""
        for event in events:
            kind, value = split_event(event)
            match kind:
                case "Start":
                    self.opened.append(OpenElement(*split_event(value), len(self.html), len(self.words)))
                case "End":
                    self._end(self.opened.pop())
                case "Text":
                    self.words.append(value)
                    self.html.append(escape(value, quote=False))
                case "Code":
                    self.words.append(value)
                    self.html.append(f"<code>{escape_braces(escape(self.tags.restore(value)))}</code>")
                case "Html" | "InlineHtml":
                    self.html.append(value)
                case "FootnoteReference":
                    self.html.append(self._reference(value))
                case _:
                    self.html.append(BREAKS[kind])
        return "".join(self.html) + self._footnotes()

    def _end(self, element: OpenElement) -> None:
        inner = "".join(self.html[element.html :])
        del self.html[element.html :]
        match element.name:
            case "Heading":
                html = self._heading(element.value["level"], inner, self._words(element))
            case "CodeBlock":
                html = self._code_block(element.value, self.tags.restore(self._words(element)))
            case "List":
                html = list_html(element.value, inner)
            case "TableCell":
                html = self._cell(inner)
            case "Link":
                html = f"<a{link_attributes('href', element.value)}>{inner}</a>"
            case "Image":
                html = f'<img{link_attributes("src", element.value)} alt="{escape(self._words(element))}">'
                if not any(outer.name == "Image" for outer in self.opened):
                    del self.words[element.words :]  # no part of the heading around it
            case "FootnoteDefinition":
                self.notes.setdefault(element.value.casefold(), inner)
                html = ""
            case name:
                html = ELEMENTS[name].format(inner)
        self.html.append(html)

    def _words(self, element: OpenElement) -> str:
        return "".join(self.words[element.words :])

    def _heading(self, level: str, inner: str, words: str) -> str:
        tag = level.lower()
        slug = re.sub(r"[^\w\- ]", "", MARK.sub("", words).lower().replace(" ", "-"))
        if level > DEEPEST_ANCHOR or not slug:
            return f"<{tag}>{inner}</{tag}>\n"
        slug = next(name for name in slug_candidates(slug) if name not in self.slugs)
        self.slugs.add(slug)
        return f'<{tag} id="{slug}">{inner} <a class="header-anchor" href="#{slug}">#</a></{tag}>\n'

    def _code_block(self, kind: Any, code: str) -> str:
        """Return a code block that a keyboard can scroll when its lines are too long."""
        language = next(iter(kind["Fenced"].split()), "") if kind != "Indented" else ""
        html = highlight(code, language) if language else escape(code)
        name = f' class="language-{escape(language)}"' if language else ""
        return f'<pre tabindex="0"><code{name}>{escape_braces(html)}</code></pre>\n'

    def _cell(self, inner: str) -> str:
        table, row = self.opened[-2:]
        tag = "th" if row.name == "TableHead" else "td"
        alignment = table.value[len(self.html) - row.html].lower()
        style = f' style="text-align:{alignment}"' if alignment != "none" else ""
        return f"<{tag}{style}>{inner}</{tag}>"

    # Footnotes: numbered as they are referred to, and shown below everything else.

    def _reference(self, name: str) -> str:
        name = name.casefold()
        self.references[name] = self.references.get(name, 0) + 1
        number, turn = list(self.references).index(name) + 1, reference_suffix(self.references[name])
        return (
            f'<sup class="footnote-ref"><a href="#fn{number}" id="fnref{number}{turn}">[{number}{turn}]</a></sup>'
        )

    def _footnotes(self) -> str:
        notes = "".join(self._note(number, name) for number, name in enumerate(self.references, 1))
        return FOOTNOTES.format(notes) if notes else ""

    def _note(self, number: int, name: str) -> str:
        html, turns = self.notes[name], range(1, self.references[name] + 1)
        back = "".join(
            f' <a href="#fnref{number}{reference_suffix(turn)}" class="footnote-backref">\u21a9\ufe0e</a>'
            for turn in turns
        )
        text = html.removesuffix("</p>\n")
        html = f"{text}{back}</p>\n" if text != html else html + back
        return f'<li id="fn{number}" class="footnote-item">{html}</li>\n'


def split_event(value: Any) -> tuple[str, Any]:
    """Return the name and the value of an event of the parser: `"Rule"` or `{"Text": "…"}`."""
    return (value, None) if isinstance(value, str) else value.popitem()


def list_html(start: int | None, items: str) -> str:
    if start is None:
        return f"\n<ul>\n{items}</ul>\n"
    return f"\n<ol>\n{items}</ol>\n" if start == 1 else f'\n<ol start="{start}">\n{items}</ol>\n'


def link_attributes(attribute: str, link: dict[str, str]) -> str:
    """Return the attributes of a link or picture: its address and its title."""
    scheme = "mailto:" if link["link_type"] == "Email" else ""
    title = f' title="{escape(link["title"])}"' if link["title"] else ""
    return f' {attribute}="{scheme}{escape(quote(link["dest_url"], IN_ADDRESSES))}"{title}'


def slug_candidates(slug: str) -> Iterator[str]:
    """Yield the slug, then the same with a number."""
    yield slug
    yield from (f"{slug}-{number}" for number in count(1))


def reference_suffix(turn: int) -> str:
    return f":{turn - 1}" if turn > 1 else ""


def escape_braces(html: str) -> str:
    """Return HTML in which no template engine sees a tag, nor the end of one that seems to begin before."""
    return html.replace("{", "&#123;").replace("}", "&#125;")
