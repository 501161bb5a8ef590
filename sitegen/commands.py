"""What `python -m sitegen` and the management commands share: their options and their messages."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from .build import build_site, verify_build
from .errors import BuildError, SiteError
from .options import BuildOptions, Progress, build_time
from .report import Report

# The parsed arguments of the command line, by name.
type CommandOptions = dict[str, Any]
type Print = Callable[[str], object]


def add_page_options(parser: ArgumentParser) -> None:
    parser.add_argument("--drafts", action="store_true", help="with pages that say draft: true")
    parser.add_argument("--future", action="store_true", help="with pages whose date has not come")


def add_build_options(parser: ArgumentParser) -> None:
    add_page_options(parser)
    parser.add_argument("--base", default="/", help="the path the site is published under (default /)")
    parser.add_argument("--url", help="the site's address, in place of site.yaml's")
    parser.add_argument("--strict", action="store_true", help="make every warning an error")
    parser.add_argument("--release", action="store_true", help="compress as small as can be, and sync to disk")
    parser.add_argument("--verify", action="store_true", help="compare with a build from nothing, byte for byte")
    parser.add_argument("--processes", type=int, help="how many processes render (default: one a processor)")


def build_and_report(
    root: str | Path, output: str | Path, pages: Sequence[str], arguments: CommandOptions, say: Print, warn: Print
) -> bool:
    """Build as the command line asks, print the result, and return whether there were no errors.

    Raises SiteError and BuildError, as `build_site` does.
    """
    options = BuildOptions(
        drafts=arguments["drafts"],
        future=arguments["future"],
        base=f"/{arguments['base'].strip('/')}/".replace("//", "/"),
        url=arguments["url"],
        release=arguments["release"],
    )
    now = build_time()
    with progress_bar() as progress:
        report = build_site(
            root,
            output,
            options,
            only=pages,
            strict=arguments["strict"],
            processes=arguments["processes"],
            progress=progress,
            now=now,
        )
    print_report(report, say, warn)
    if arguments["verify"] and not verify(root, output, options, now, say, warn):
        return False
    return not report.problems


def verify(
    root: str | Path, output: str | Path, options: BuildOptions, now: datetime, say: Print, warn: Print
) -> bool:
    different = verify_build(root, output, options, now)
    for path in different:
        warn(f"{output}/{path}: differs from a build from nothing")
    if not different:
        say("Verified: a build from nothing is the same, byte for byte.")
    return not different


def print_report(report: Report, say: Print, warn: Print) -> None:
    for problem in report.problems:
        warn(str(problem))
    for warning in report.warnings:
        warn(f"{warning} (warning)")
    for left_out, why in ((report.drafts, "drafts"), (report.future, "dated in the future")):
        if left_out:
            say(f"Left out, {why}: {len(left_out)} ({', '.join(left_out)})")
    if report.rendered:
        say("Slowest: " + ", ".join(f"{slug} {seconds * 1000:.0f} ms" for slug, seconds in report.slowest))
        say("Largest: " + ", ".join(f"{path} {size_of(size)}" for path, size in report.largest))
    errors = f"{len(report.problems)} errors, " if report.problems else ""
    say(
        f"Built {report.pages} pages ({report.rendered} rendered), {report.files} files, "
        f"{size_of(report.bytes)} in {report.seconds:.2f} s, {errors}{len(report.warnings)} warnings"
        f" → {report.output}"
    )


def failure_message(error: SiteError | BuildError, output: str | Path) -> str:
    """Return the message for a build that failed."""
    count = len(error.problems) if isinstance(error, BuildError) else 1
    return f"{error}\nNot built: {count} {'error' if count == 1 else 'errors'}; {output} is as it was."


def size_of(number: float) -> str:
    if number < 1000:
        return f"{number:.0f} bytes"
    return f"{number / 1000:.0f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Yield a function that shows how many pages are done; None without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    # Without a thread of its own, so that processes can still be forked.
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("Pages")

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if done % 20 == 0 or done == total:
                bar.refresh()

        yield show
