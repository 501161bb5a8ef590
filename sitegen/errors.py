"""Errors in a site, printed as `file:line: reason`."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where."""

    file: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.reason}"


class SiteError(Exception):
    """Something in the site's folder that cannot be used."""

    def __init__(self, file: str | Path, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.problem = Problem(str(file), line, f"column {column}: {reason}" if column else reason)
        super().__init__(str(self.problem))


class BuildError(Exception):
    """A build that wrote nothing; `problems` holds all errors."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems), key=lambda each: (each.file, each.line or 0, each.reason))
        super().__init__("\n".join(map(str, self.problems)))
