"""What `python -m sitegen` and the management commands share: their options and their words."""

import sys
from contextlib import contextmanager

from .build import build_site, verify_build
from .errors import BuildError
from .options import BuildOptions, build_moment


def add_page_options(parser):
    parser.add_argument("--drafts", action="store_true", help="with pages that say draft: true")
    parser.add_argument("--future", action="store_true", help="with pages whose date has not come")


def add_build_options(parser):
    add_page_options(parser)
    parser.add_argument("--base", default="/", help="the path the site is published under (default /)")
    parser.add_argument("--url", help="the site's address, in place of site.yaml's")
    parser.add_argument("--strict", action="store_true", help="make every warning an error")
    parser.add_argument("--release", action="store_true", help="compress as small as can be, and sync to disk")
    parser.add_argument("--verify", action="store_true", help="compare with a build from nothing, byte for byte")
    parser.add_argument("--processes", type=int, help="how many processes render (default: one a processor)")


def build_and_tell(root, output, pages, arguments, say, warn):
    """Build as the command line asks, say what came of it, and return whether all is well.

    Raises SiteError and BuildError, as `build_site` does.
    """
    options = BuildOptions(
        drafts=arguments["drafts"],
        future=arguments["future"],
        base=f"/{arguments['base'].strip('/')}/".replace("//", "/"),
        url=arguments["url"],
        release=arguments["release"],
    )
    now = build_moment()
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
    tell(report, say, warn)
    if arguments["verify"] and not verified(root, output, options, now, say, warn):
        return False
    return not report.problems


def verified(root, output, options, now, say, warn):
    different = verify_build(root, output, options, now)
    for path in different:
        warn(f"{output}/{path}: differs from a build from nothing")
    if not different:
        say("Verified: a build from nothing is the same, byte for byte.")
    return not different


def tell(report, say, warn):
    """Say what a build did."""
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


def failure(error, output):
    """Return what to say when nothing was built."""
    count = len(error.problems) if isinstance(error, BuildError) else 1
    return f"{error}\nNot built: {count} {'error' if count == 1 else 'errors'}; {output} is as it was."


def size_of(number):
    for unit in ("bytes", "kB", "MB"):
        if number < 1000 or unit == "MB":
            return f"{number:.1f} {unit}" if unit == "MB" else f"{number:.0f} {unit}"
        number /= 1000
    return None


@contextmanager
def progress_bar():
    """Yield a function that shows how many pages are done; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    # Without a thread of its own, so that processes can still be forked.
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("Pages")

        def show(done, total):
            bar.update(task, completed=done, total=total)
            if done % 20 == 0 or done == total:
                bar.refresh()

        yield show
