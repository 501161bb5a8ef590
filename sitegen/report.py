from dataclasses import dataclass, field
from pathlib import Path

from .errors import Problem


@dataclass
class Report:
    """The result of a build. `slowest` and `largest` are the first few with their seconds and bytes."""

    output: Path
    pages: int = 0
    rendered: int = 0
    files: int = 0
    bytes: int = 0
    seconds: float = 0
    slowest: list[tuple[str, float]] = field(default_factory=list)
    largest: list[tuple[str, int]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    future: list[str] = field(default_factory=list)
