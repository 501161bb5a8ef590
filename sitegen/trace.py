"""The dependencies of a page, recorded while it is rendered.

A trace holds names such as `template:base.html`, `data:team` or `collection:blog`. A later build asks
`Site.fingerprint` for what those names stand for now, and renders a page again only where one differs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_trace: ContextVar[set[str] | None] = ContextVar("sitegen_trace", default=None)


@contextmanager
def recording() -> Iterator[set[str]]:
    """Yield a set that collects every dependency recorded inside."""
    names: set[str] = set()
    token = _trace.set(names)
    try:
        yield names
    finally:
        _trace.reset(token)


def depend(kind: str, name: str = "") -> None:
    """Record that the page being rendered, if any, depends on this."""
    names = _trace.get()
    if names is not None:
        names.add(f"{kind}:{name}")
