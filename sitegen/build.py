"""The build: a folder of pages to a folder of files.

Only what changed is built again; the rest is linked from the last output. Every page's trace names all it
was made from (trace.py), and `verify_build` compares with a build from nothing.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path

from .builder import Build
from .errors import BuildError, Problem
from .folder import Folder, digest
from .settings import Options, build_time
from .standalone import configure
from .workspace import Report, State, Workspace, check_output


def build_site(
    root: str | Path,
    output: str | Path,
    options: Options | None = None,
    only: Sequence[str] = (),
    strict: bool = False,
    processes: int | None = None,
    now: datetime | None = None,
) -> Report:
    """Build the site in the folder `root` into the folder `output` and return a Report.

    `only` names the pages to build, all others stay as they are; `strict` makes warnings errors;
    `processes` is how many render at once.

    Raises SiteError for folders that cannot be used, and BuildError with every problem there is;
    the output is then as it was.
    """
    started = time.perf_counter()
    options, now = options or Options(), now or build_time()
    check_output(output, root)
    configure()
    folder = Folder(root)
    workspace = Workspace(output)
    made_with = {"generator": generator(), **asdict(options)}
    with workspace.locked():
        state = workspace.state()
        if state.get("made_with") != made_with:
            state = {"made_with": made_with}
        if not only and is_current(state, folder, now):
            report = reported(state, workspace.output)
            if strict and report.warnings:
                raise BuildError(report.warnings)
        else:
            report = Build(folder, workspace, options, state, now).run(only, strict, processes)
    report.seconds = time.perf_counter() - started
    return report


@cache
def generator() -> str:
    """Return the fingerprint of sitegen itself: another version builds everything again."""
    package = Path(__file__).parent
    sources = sorted(
        path for pattern in ("*.py", "static/**/*.*", "templates/**/*.*") for path in package.glob(pattern)
    )
    return digest(*(part for path in sources for part in (path.name, path.read_bytes())))


def is_current(state: State, folder: Folder, now: datetime) -> bool:
    """Whether a build would make the same output again: nothing changed, and no date has come."""
    due = state.get("next_due")
    return state.get("inputs") == folder.fingerprint() and not (due and datetime.fromisoformat(due) <= now)


def reported(state: State, output: Path) -> Report:
    """Return the Report of the last build as that of one that had nothing to do."""
    warnings = [Problem(**warning) for warning in state["report"]["warnings"]]
    return Report(**(state["report"] | {"output": output, "rendered": 0, "warnings": warnings}))


def verify_build(
    root: str | Path, output: str | Path, options: Options | None = None, now: datetime | None = None
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
