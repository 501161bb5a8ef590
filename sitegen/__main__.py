"""`python -m sitegen`: build, preview and start sites without a Django project."""

import argparse
import gc
import sys

from .commands import CommandOptions, add_build_options, add_page_options, build_and_report, failure_message
from .errors import BuildError, SiteError


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m sitegen", description="A folder of pages, published.")
    commands = parser.add_subparsers(dest="command", required=True)

    build = commands.add_parser("build", help="write the site of a folder as files")
    build.add_argument("folder")
    build.add_argument("pages", nargs="*", metavar="page", help="build these pages only")
    build.add_argument("--output", default="_site", help="the folder to write (default _site)")
    add_build_options(build)

    serve = commands.add_parser("serve", help="show the site of a folder while you write it")
    serve.add_argument("folder")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8001)
    add_page_options(serve)

    new = commands.add_parser("new", help="start a small site in a new folder")
    new.add_argument("name")

    known, more = parser.parse_known_args(arguments)
    # argparse does not take pages that stand behind an option.
    if more and (known.command != "build" or any(name.startswith("-") for name in more)):
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    options = {**vars(known), "pages": [*vars(known).get("pages", []), *more]}
    return {"build": run_build, "serve": run_serve, "new": run_new}[options["command"]](options)


def run_build(options: CommandOptions) -> int:
    gc.set_threshold(100_000)  # a short life with much that stays: collecting often finds little
    try:
        succeeded = build_and_report(
            options["folder"], options["output"], options["pages"], options, print, print_error
        )
    except (SiteError, BuildError) as error:
        print_error(failure_message(error, options["output"]))
        return 1
    return 0 if succeeded else 1


def print_error(text: str) -> None:
    print(text, file=sys.stderr)


def run_serve(options: CommandOptions) -> int:
    from .server import serve

    return serve(options["folder"], options["host"], options["port"], options["drafts"], options["future"])


def run_new(options: CommandOptions) -> int:
    from .starter import start_site

    return start_site(options["name"])


if __name__ == "__main__":
    sys.exit(main())
