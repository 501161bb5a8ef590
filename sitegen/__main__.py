"""`python -m sitegen`: build, preview and start sites without a Django project."""

import argparse
import gc
import sys
from pathlib import Path

from .commands import add_build_options, add_page_options, run_build, start_site
from .standalone import serve


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name and return its exit status."""
    parser = argparse.ArgumentParser(prog=command_name(), description="A folder of pages, published.")
    commands = parser.add_subparsers(dest="command", required=True)

    build = commands.add_parser("build", help="write the site of a folder as files")
    build.add_argument("folder")
    build.add_argument("pages", nargs="*", metavar="page", help="build these pages only")
    build.add_argument("--output", default="_site", help="the folder to write (default _site)")
    add_build_options(build)

    preview = commands.add_parser("serve", help="show the site of a folder while you write it")
    preview.add_argument("folder")
    preview.add_argument("--host", default="127.0.0.1")
    preview.add_argument("--port", type=int, default=8001)
    add_page_options(preview)

    new = commands.add_parser("new", help="start a small site in a new folder")
    new.add_argument("name")

    known, more = parser.parse_known_args(arguments)
    # argparse does not take pages that stand behind an option.
    if more and (known.command != "build" or any(name.startswith("-") for name in more)):
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    match known.command:
        case "build":
            gc.set_threshold(100_000)  # a short life with much that stays: collecting often finds little
            failure = run_build({**vars(known), "pages": [*known.pages, *more]}, print, print_error)
        case "serve":
            failure = serve(known.folder, known.host, known.port, known.drafts, known.future)
        case _:
            failure = start_site(known.name)
    if failure:
        print_error(failure)
    return 1 if failure else 0


def command_name() -> str:
    return "sitegen" if Path(sys.argv[0]).name == "sitegen" else "python -m sitegen"


def print_error(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
