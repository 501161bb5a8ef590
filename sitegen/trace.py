"""What a page was made from, noted down while it is rendered.

A trace holds names such as `template:base.html`, `data:team` or `collection:blog`. A later build asks
`Site.fingerprint` for what those names stand for now, and renders a page again only where one differs.
"""

from contextlib import contextmanager
from contextvars import ContextVar

_trace = ContextVar("sitegen_trace", default=None)


@contextmanager
def recording():
    """Collect into the set it yields every dependency noted inside."""
    names = set()
    token = _trace.set(names)
    try:
        yield names
    finally:
        _trace.reset(token)


def depend(kind, name=""):
    """Note that the page being rendered, if any, depends on this."""
    names = _trace.get()
    if names is not None:
        names.add(f"{kind}:{name}")
