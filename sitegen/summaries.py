"""What a page's HTML says in short: its first paragraph, its headings, its words."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from django.utils.text import Truncator
from selectolax.lexbor import LexborHTMLParser

PARAGRAPH = re.compile(r"<p\b([^>]*)>(.*?)</p>", re.DOTALL | re.IGNORECASE)
TITLE = re.compile(r"(?:admonition|markdown-alert|code)-title")
NOTE = re.compile(r"<sup class=.footnote.*?</sup>", re.DOTALL)
FOOTNOTES = '<section class="footnotes"'
NOT_TEXT = re.compile(
    r"<(style|script|template|pre|figcaption|nav|h[1-6]|summary|title|svg)\b.*?</\1>|<p class=\"[\w-]*-title.*?</p>|<!--.*?-->",
    re.DOTALL | re.IGNORECASE,
)
HEADING = re.compile(r"<h([2-4])\b[^>]*\bid=[\"']?([^\"'>\s]+)[^>]*>(.*?)</h\1>", re.DOTALL | re.IGNORECASE)
HTML_HEADING = re.compile(r"<(h[1-6])\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")
ANCHOR = re.compile(r"<a class=\"header-anchor\".*?</a>", re.DOTALL)
BOX = re.compile(r"<details|class=\"(?:admonition|markdown-alert)")
BLOCK = re.compile(r"</?(?:p|li|div|td|th|tr|dd|dt|br|blockquote|[uo]l|section)\b", re.IGNORECASE)
WORDS_WITHOUT_PARAGRAPH = 30
PUNCTUATION = ".,;:!?()[]{}<>|\"'…“”„«»#*="


def summary(html: str) -> str:
    """Return the text of the first paragraph that has some, else the first words of the page."""
    html = without_boxes(html) or html
    for match in PARAGRAPH.finditer(html.partition(FOOTNOTES)[0]):
        if not TITLE.search(match[1]) and (text := plain_text(NOTE.sub("", match[2]))):
            return text
    return Truncator(plain_text(NOT_TEXT.sub(" ", html))).words(WORDS_WITHOUT_PARAGRAPH)


def without_boxes(html: str) -> str:
    """Return what stands outside of admonitions; nothing where all is in one."""
    if not BOX.search(html):
        return html
    body = LexborHTMLParser(html).body
    for box in body.css("div.admonition, details, div.markdown-alert") if body else ():
        box.decompose()
    return body.inner_html or "" if body and plain_text(NOT_TEXT.sub(" ", body.inner_html or "")) else ""


def plain_text(html: str) -> str:
    return " ".join(unescape(TAG.sub("", BLOCK.sub(r" \g<0>", html))).split())


def best_title(headings: list[tuple[str, str]]) -> str | None:
    return next((title for _, title in sorted(headings, key=lambda heading: heading[0]) if title), None)


def html_headings(html: str) -> list[tuple[str, str]]:
    """Return the tag and the text of each heading; no text where it has template tags."""
    found = HTML_HEADING.findall(html)
    return [(tag.lower(), "" if re.search("{[{%]", inner) else plain_text(inner)) for tag, inner in found]


@dataclass
class Heading:
    """A heading in the table of contents, with those below it."""

    level: int
    id: str
    title: str
    children: list["Heading"] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"#{unescape(self.id)}"


def table_of_contents(html: str) -> list[Heading]:
    """Return the headings from the second to the fourth level that have an id, nested."""
    top: list[Heading] = []
    above: list[Heading] = []
    for heading in headings(html):
        above = [each for each in above if each.level < heading.level]
        (above[-1].children if above else top).append(heading)
        above.append(heading)
    return top


def headings(html: str) -> Iterator[Heading]:
    for match in HEADING.finditer(html):
        yield Heading(int(match[1]), unescape(match[2]), plain_text(ANCHOR.sub("", match[3])))


def words(text: str) -> str:
    """Return the different words of a text as the search compares them (search.js): without case and accents."""
    chunks = " ".join(dict.fromkeys(text.casefold().split()))
    if not chunks.isascii():
        decomposed = unicodedata.normalize("NFKD", chunks).casefold()
        chunks = "".join(sign for sign in decomposed if unicodedata.category(sign) != "Mn").replace("\u2019", "'")
    return " ".join(filter(None, dict.fromkeys(chunk.strip(PUNCTUATION) for chunk in chunks.split())))
