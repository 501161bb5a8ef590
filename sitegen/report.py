"""The result of a build, and how the command line prints it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .errors import Problem

type Print = Callable[[str], object]


@dataclass
class Report:
    """The result of a build."""

    output: Path
    pages: int = 0
    rendered: int = 0
    files: int = 0
    bytes: int = 0
    seconds: float = 0
    warnings: list[Problem] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    future: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)


def print_report(report: Report, say: Print, warn: Print) -> None:
    for warning in report.warnings:
        warn(f"{warning} (warning)")
    reasons = ((report.drafts, "drafts"), (report.future, "dated in the future"), (report.expired, "expired"))
    for left_out, why in reasons:
        if left_out:
            say(f"Left out, {why}: {len(left_out)} ({', '.join(left_out)})")
    say(
        f"Built {report.pages} pages ({report.rendered} rendered), {report.files} files, "
        f"{size_of(report.bytes)} in {report.seconds:.2f} s, {len(report.warnings)} warnings"
        f" → {report.output}"
    )


def size_of(number: float) -> str:
    if number < 1000:
        return f"{number:.0f} bytes"
    return f"{number / 1000:.0f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"
