"""The state that a build leaves for the next one, as JSON."""

from typing import Any, TypedDict

from .facts import Facts

# The size and the modification time (nanoseconds) of files, by path.
type Sizes = dict[str, list[int]]


class PageRecord(TypedDict):
    """A rendered page. `trace` holds the fingerprints of all it was made from, `key` is the hash of its HTML."""

    digest: str
    trace: dict[str, str]
    facts: Facts
    file: str
    key: str


class StageState(TypedDict):
    """The folder that a build replaced: its build, and its keys where they differ from those of the output."""

    build: str | None
    different: dict[str, str | None]


class State(TypedDict, total=False):
    """Everything that the next build reuses. Empty without a last build that made the output."""

    made_with: dict[str, Any]
    inputs: str
    dated: bool
    next_due: str | None
    pages: dict[str, PageRecord]
    report: dict[str, Any]
    build: str
    files: dict[str, str]
    sizes: Sizes
    stage: StageState
