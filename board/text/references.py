"""References in Markdown: `@username` and `#12`, but not in code, links, addresses or words, nor when escaped (`\\@`).

A username may contain dots, hyphens and "@" and is compared as in `usernames`. Punctuation after it is no part of it.
"""

import re
from collections.abc import Iterator

from .parser import parser, plain_texts

REFERENCE = re.compile(
    r"(?<![\w.@+-])@(?P<username>\w(?:[\w.@+-]*\w)?)"
    # Ids fit a 64-bit key.
    r"|(?<![\w&#])#(?P<task>[1-9][0-9]{0,17})(?!\w)"
)


def usernames_in(text: str) -> set[str]:
    """Return the usernames that a text mentions, spelled as in the text. Not all need to exist."""
    return {match["username"] for match in _references(text, "@") if match["username"]}


def task_ids_in(text: str) -> set[int]:
    """Return the ids of the tasks that a text refers to. Not all need to exist."""
    return {int(match["task"]) for match in _references(text, "#") if match["task"]}


def _references(text: str, sign: str) -> Iterator[re.Match[str]]:
    if sign in text:
        for block in parser().parse(text):
            for token in plain_texts(block.children or []):
                yield from REFERENCE.finditer(token.content)
