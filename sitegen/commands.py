"""The commands of `python -m sitegen`, of which those of a project are a part."""

import json
import re
import shutil
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.template.defaultfilters import filesizeformat

from .build import build_site, verify_build
from .errors import BuildError, SiteError
from .settings import Options, build_time
from .workspace import Report

type Print = Callable[[str], object]
STARTER = Path(__file__).parent / "starter"

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


def print_report(report: Report, say: Print, warn: Print) -> None:
    for warning in report.warnings:
        warn(f"{warning} (warning)")
    for why, names in report.left_out.items():
        say(f"Left out, {why}: {len(names)} ({', '.join(names)})")
    say(
        f"Built {report.pages} pages ({report.rendered} rendered), {report.files} files, "
        f"{filesizeformat(report.bytes)} in {report.seconds:.2f} s, {len(report.warnings)} warnings"
        f" → {report.output}"
    )


def start_site(name: str) -> str | None:
    """Copy the starter into the new folder `name` and give it that name; return why not, if so."""
    folder = Path(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return f"{folder}: exists and is not empty"
    title = re.sub(r"[-_]+", " ", folder.resolve().name).strip().capitalize()
    shutil.copytree(STARTER, folder, dirs_exist_ok=True)
    settings = folder / "site.yaml"
    settings.write_text(settings.read_text().replace("title: NAME", f"title: {json.dumps(title)}"))
    print(f"{folder} is there. See it with: python -m sitegen serve {folder}")
    return None
