"""The dependencies of a page, recorded while it is rendered.

A trace holds names such as `template:base.html`, `data:team` or `collection:blog`. A later build asks
`Site.fingerprint` for what those names stand for now, and renders a page again only where one differs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

BRACES_AS_TEXT = "for braces as text: “template: false”, or {% verbatim %}"


class Unknown(NamedTuple):
    """A variable of a template that is not there: its file, its text, and the name that is missing.

    `is_attribute` says that something is there, but has no such name.
    """

    file: str
    text: str
    name: str
    is_attribute: bool


class Recording(NamedTuple):
    names: set[str]
    unknown: dict[Unknown, None]


_recording: ContextVar[Recording | None] = ContextVar("sitegen_recording", default=None)


@contextmanager
def recording() -> Iterator[Recording]:
    """Yield what collects every dependency, and every unknown variable, found inside."""
    found = Recording(set(), {})
    token = _recording.set(found)
    try:
        yield found
    finally:
        _recording.reset(token)


def depend(kind: str, name: str = "") -> None:
    """Record that the page being rendered, if any, depends on this."""
    if found := _recording.get():
        found.names.add(f"{kind}:{name}")


def note_unknown(unknown: Unknown) -> None:
    if found := _recording.get():
        found.unknown[unknown] = None
