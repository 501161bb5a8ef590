"""The build: a folder of pages to a folder of files.

Only what changed is made again; the rest is linked from the last output. That is right because every
page's trace names all it was made from (trace.py), and `verify` proves it.
"""

import shutil
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from .errors import BuildError, Problem
from .options import BuildOptions, build_moment
from .output import Workshop, check_output
from .pages import Folder, digest


@dataclass
class Report:
    """What a build did."""

    output: Path
    pages: int = 0
    rendered: int = 0
    files: int = 0
    bytes: int = 0
    seconds: float = 0
    slowest: list = field(default_factory=list)
    largest: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    drafts: list = field(default_factory=list)
    future: list = field(default_factory=list)
    notes: list = field(default_factory=list)


def build_site(root, output, options=None, only=(), strict=False, processes=None, progress=None, now=None):
    """Build the site in the folder `root` into the folder `output` and return a Report.

    `only` names the pages to build, all others stay as they are; `strict` makes warnings errors;
    `processes` is how many render at once; `progress` is called with the counts of pages done and
    to do.

    Raises SiteError for folders that cannot be used, and BuildError with every problem there is;
    the output is then as it was.
    """
    started = time.perf_counter()
    options, now = options or BuildOptions(), now or build_moment()
    check_output(output, root)
    folder = Folder(root)
    workshop = Workshop(output)
    with workshop.locked():
        state = workshop.state()
        if state.get("made_with") != made_with(options):
            state = {}
        if not only and is_current(state, folder, now):
            report = Report(**state["report"])
            report.output, report.rendered = workshop.output, 0
            report.warnings = [Problem(**warning) for warning in report.warnings]
            if strict and report.warnings:
                raise BuildError(report.warnings)
        else:
            # Only here, since the imports take longer than a build that has nothing to do.
            from .standalone import configure, import_templates

            configure()
            import_templates()
            from .builder import Build
            from .memory import Memory

            with closing(Memory(workshop.memory)) as memory:
                build = Build(folder, workshop, memory, options, state, now)
                report = build.run(only, strict, processes, progress)
    report.seconds = time.perf_counter() - started
    return report


def made_with(options):
    """Return what, beside the folder, decides how a site comes out."""
    return {"generator": generator(), **asdict(options)}


@cache
def generator():
    """Return the fingerprint of sitegen itself, so that a new version builds everything again."""
    package = Path(__file__).parent
    layouts = package.parent / "templates" / "sitegen"
    sources = [*package.glob("*.py"), *(package / "static").rglob("*.*"), *layouts.glob("*.html")]
    return digest(*(part for path in sorted(sources) for part in (path.name, path.read_bytes())))


def is_current(state, folder, now):
    """Return whether the output is what a build would make: nothing changed, and no date has come."""
    return (
        bool(state)
        and not state["dated"]
        and not (state["next_due"] and datetime.fromisoformat(state["next_due"]) <= now)
        and state["inputs"] == folder.fingerprint()
    )


def verify_build(root, output, options=None, now=None):
    """Return the paths in which `output` differs from a build from nothing, byte for byte."""
    workshop = Workshop(output)
    other = workshop.folder / "verify" / "site"
    shutil.rmtree(other.parent, ignore_errors=True)
    build_site(root, other, options, now=now)
    built, fresh = contents(workshop.output), contents(other)
    shutil.rmtree(other.parent)
    return sorted(path for path in built.keys() | fresh.keys() if built.get(path) != fresh.get(path))


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): digest(path.read_bytes()) for path in files}
