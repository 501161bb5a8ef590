"""References in Markdown: `@username` and `#12`, but not in code, links, addresses or words, nor when escaped (`\\@`).

A username may contain dots, hyphens and "@". Punctuation after it is no part of it. `usernames.match_usernames` finds
whose it is.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from .parser import parser, plain_texts

REFERENCE = re.compile(
    r"(?<![\w.@+-])@\w(?:[\w.@+-]*\w)?"
    # Ids fit a 64-bit key.
    r"|(?<![\w&#])#[1-9][0-9]{0,17}(?!\w)"
)


class Link(NamedTuple):
    """What a reference becomes."""

    href: str
    text: str
    title: str
    css_class: str


# Links by reference: {"@ben": …, "#12": …}.
type Links = Mapping[str, Link]


def usernames_in(text: str) -> set[str]:
    """Return the usernames that a text mentions, spelled as in the text. Not all need to exist."""
    return {reference[1:] for reference in references_in(text) if reference[0] == "@"}


def task_ids_in(text: str) -> set[int]:
    """Return the ids of the tasks that a text refers to. Not all need to exist."""
    return {int(reference[1:]) for reference in references_in(text) if reference[0] == "#"}


@lru_cache(maxsize=4096)
def references_in(text: str) -> frozenset[str]:
    """Return the references in a text, with their signs."""
    return frozenset(_references(text)) if REFERENCE.search(text) else frozenset()


def _references(text: str) -> Iterator[str]:
    for block in parser().parse(text):
        for token in plain_texts(block.children or []):
            yield from REFERENCE.findall(token.content)


def link_references(state: StateCore) -> None:
    """Turn the references that are in the `Links` of the environment into links. A core rule of the parser."""
    links: Links = state.env.get("links", {})
    for block in state.tokens if links else ():
        if block.children:
            plain = set(map(id, plain_texts(block.children)))
            block.children = [
                part
                for token in block.children
                for part in (_linked(token.content, links) if id(token) in plain else [token])
            ]


def _linked(text: str, links: Links) -> Iterator[Token]:
    end = 0
    for match in REFERENCE.finditer(text):
        if link := links.get(match[0]):
            yield Token("text", "", 0, content=text[end : match.start()])
            yield from _link_tokens(link)
            end = match.end()
    yield Token("text", "", 0, content=text[end:])


def _link_tokens(link: Link) -> Iterator[Token]:
    attrs: dict[str, str | int | float] = {"href": link.href, "class": link.css_class, "title": link.title}
    yield Token("link_open", "a", 1, attrs={**attrs, "dir": "auto"})
    yield Token("text", "", 0, content=link.text)
    yield Token("link_close", "a", -1)
