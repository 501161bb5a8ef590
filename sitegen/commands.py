"""What `python -m sitegen` and the management commands share: their options and their messages."""

from argparse import ArgumentParser
from typing import Any

from .build import build_site, verify_build
from .errors import BuildError, SiteError
from .report import Print, print_report
from .settings import Options, build_time

# The parsed arguments of the command line, by name.
type CommandOptions = dict[str, Any]


def add_build_options(parser: ArgumentParser) -> None:
    add_page_options(parser)
    parser.add_argument("--base", help="the path the site is published under (default: that of its address)")
    parser.add_argument("--url", help="the site's address, in place of site.yaml's")
    parser.add_argument("--strict", action="store_true", help="make every warning an error")
    parser.add_argument("--release", action="store_true", help="compress as small as can be, and sync to disk")
    parser.add_argument("--verify", action="store_true", help="compare with a build from nothing, byte for byte")
    parser.add_argument("--processes", type=int, help="how many processes render (default: one a processor)")


def add_page_options(parser: ArgumentParser) -> None:
    parser.add_argument("--drafts", action="store_true", help="with pages that say draft: true")
    parser.add_argument("--future", action="store_true", help="with pages whose date has not come")


def run_build(arguments: CommandOptions, say: Print, warn: Print) -> str | None:
    """Build as the command line asks, print the result, and return what is wrong, if something is."""
    folder, output = arguments["folder"], arguments["output"]
    base = arguments["base"] and f"/{arguments['base'].strip('/')}/".replace("//", "/")
    given = {name: arguments[name] for name in ("drafts", "future", "url", "release")}
    options = Options(**given, base=base)
    try:
        now = build_time()
        chosen = arguments["pages"], arguments["strict"], arguments["processes"]
        print_report(build_site(folder, output, options, *chosen, now=now), say, warn)
        different = verify_build(folder, output, options, now) if arguments["verify"] else []
    except (SiteError, BuildError) as error:
        count = len(error.problems) if isinstance(error, BuildError) else 1
        return f"{error}\nNot built: {count} {'error' if count == 1 else 'errors'}; {output} is as it was."
    if arguments["verify"] and not different:
        say("Verified: a build from nothing is the same, byte for byte.")
    return "\n".join(f"{output}/{path}: differs from a build from nothing" for path in different) or None
