"""What `python -m sitegen` and the management commands share: their options and their messages."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .build import build_site, verify_build
from .errors import BuildError, SiteError
from .options import Options, build_time
from .report import Print, print_report

# The parsed arguments of the command line, by name.
type CommandOptions = dict[str, Any]


def add_page_options(parser: ArgumentParser) -> None:
    parser.add_argument("--drafts", action="store_true", help="with pages that say draft: true")
    parser.add_argument("--future", action="store_true", help="with pages whose date has not come")


def add_build_options(parser: ArgumentParser) -> None:
    add_page_options(parser)
    parser.add_argument("--base", help="the path the site is published under (default: that of its address)")
    parser.add_argument("--url", help="the site's address, in place of site.yaml's")
    parser.add_argument("--strict", action="store_true", help="make every warning an error")
    parser.add_argument("--release", action="store_true", help="compress as small as can be, and sync to disk")
    parser.add_argument("--verify", action="store_true", help="compare with a build from nothing, byte for byte")
    parser.add_argument("--processes", type=int, help="how many processes render (default: one a processor)")


def build_and_report(
    root: str | Path, output: str | Path, pages: Sequence[str], arguments: CommandOptions, say: Print, warn: Print
) -> bool:
    """Build as the command line asks, print the result, and return whether it could be verified.

    Raises SiteError and BuildError, as `build_site` does.
    """
    options = Options(
        drafts=arguments["drafts"],
        future=arguments["future"],
        base=None if arguments["base"] is None else f"/{arguments['base'].strip('/')}/".replace("//", "/"),
        url=arguments["url"],
        release=arguments["release"],
    )
    now = build_time()
    report = build_site(root, output, options, pages, arguments["strict"], arguments["processes"], now)
    print_report(report, say, warn)
    if not arguments["verify"]:
        return True
    different = verify_build(root, output, options, now)
    for path in different:
        warn(f"{output}/{path}: differs from a build from nothing")
    if not different:
        say("Verified: a build from nothing is the same, byte for byte.")
    return not different


def failure_message(error: SiteError | BuildError, output: str | Path) -> str:
    """Return the message for a build that failed."""
    count = len(error.problems) if isinstance(error, BuildError) else 1
    return f"{error}\nNot built: {count} {'error' if count == 1 else 'errors'}; {output} is as it was."
