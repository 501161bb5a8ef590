"""The build: a folder of pages to a folder of files.

Only what changed is built again; the rest is linked from the last output. Every page's trace names all it
was made from (trace.py), and `verify_build` compares with a build from nothing.
"""

import shutil
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from .errors import BuildError, Problem
from .options import BuildOptions, Progress, build_time
from .output import check_output
from .pages import Folder, digest
from .report import Report
from .state import State
from .version import made_with
from .workspace import Workspace


def build_site(
    root: str | Path,
    output: str | Path,
    options: BuildOptions | None = None,
    only: Sequence[str] = (),
    strict: bool = False,
    processes: int | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> Report:
    """Build the site in the folder `root` into the folder `output` and return a Report.

    `only` names the pages to build, all others stay as they are; `strict` makes warnings errors;
    `processes` is how many render at once; `progress` is called with the counts of pages done and
    to do.

    Raises SiteError for folders that cannot be used, and BuildError with every problem there is;
    the output is then as it was.
    """
    started = time.perf_counter()
    options, now = options or BuildOptions(), now or build_time()
    check_output(output, root)
    folder = Folder(root)
    workspace = Workspace(output)
    with workspace.locked():
        state = workspace.state()
        if state.get("made_with") != made_with(options):
            state = {}
        if not only and is_current(state, folder, now):
            warnings = [Problem(**warning) for warning in state["report"]["warnings"]]
            current = {"output": workspace.output, "rendered": 0, "warnings": warnings}
            report = Report(**(state["report"] | current))
            if strict and report.warnings:
                raise BuildError(report.warnings)
        else:
            # Only here, since the imports take longer than a build that has nothing to do.
            from .standalone import configure

            configure()
            from .builder import Build

            report = Build(folder, workspace, options, state, now).run(only, strict, processes, progress)
    report.seconds = time.perf_counter() - started
    return report


def is_current(state: State, folder: Folder, now: datetime) -> bool:
    """Whether a build would make the same output again: nothing changed, and no date has come."""
    return (
        bool(state)
        and not state["dated"]
        and not (state["next_due"] and datetime.fromisoformat(state["next_due"]) <= now)
        and state["inputs"] == folder.fingerprint()
    )


def verify_build(
    root: str | Path, output: str | Path, options: BuildOptions | None = None, now: datetime | None = None
) -> list[str]:
    """Return the paths in which `output` differs from a build from nothing, byte for byte."""
    workspace = Workspace(output)
    other = workspace.folder / "verify" / "site"
    shutil.rmtree(other.parent, ignore_errors=True)
    build_site(root, other, options, now=now)
    built, fresh = contents(workspace.output), contents(other)
    shutil.rmtree(other.parent)
    return sorted(path for path in built.keys() | fresh.keys() if built.get(path) != fresh.get(path))


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): digest(path.read_bytes()) for path in files}
