"""`python -m sitegen`: build, preview and start sites without a Django project."""

import argparse
import gc
import sys
from pathlib import Path

from .commands import CommandOptions, add_build_options, add_page_options, build_and_report, failure_message
from .errors import BuildError, SiteError
from .server import serve
from .starter import start_site


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
    options = vars(known)
    match known.command:
        case "build":
            return run_build({**options, "pages": [*options["pages"], *more]})
        case "serve":
            return serve(known.folder, known.host, known.port, known.drafts, known.future)
    return start_site(known.name)


def command_name() -> str:
    return "sitegen" if Path(sys.argv[0]).name == "sitegen" else "python -m sitegen"


def run_build(options: CommandOptions) -> int:
    gc.set_threshold(100_000)  # a short life with much that stays: collecting often finds little
    folder, output = options["folder"], options["output"]
    try:
        return 0 if build_and_report(folder, output, options["pages"], options, print, print_error) else 1
    except (SiteError, BuildError) as error:
        print_error(failure_message(error, output))
        return 1


def print_error(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
