"""Builds happen in a hidden folder beside the output, the workspace, and are put in place by one rename.

So a build that is killed leaves the old site as it was. The workspace also keeps the state of the last build, and the
site that it replaced.
"""

import ctypes
import errno
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from .document import Facts
from .errors import Problem, SiteError
from .stage import MARKER, Stats, stats

AT_FDCWD = -100
RENAME_EXCHANGE = 2


class PageRecord(TypedDict):
    """A rendered page. `trace` holds the fingerprints of all it was made from."""

    digest: str
    trace: dict[str, str]
    facts: Facts
    file: str


class State(TypedDict, total=False):
    """What the next build reuses, kept as JSON. `files` are those of the output."""

    made_with: dict[str, Any]
    inputs: str
    next_due: str | None
    pages: dict[str, PageRecord]
    report: dict[str, Any]
    files: Stats


@dataclass
class Report:
    """The result of a build; `left_out` are the files of pages that are not published, by the reason."""

    output: Path
    pages: int = 0
    rendered: int = 0
    files: int = 0
    bytes: int = 0
    seconds: float = 0
    warnings: list[Problem] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)


class Workspace:
    """The hidden folder beside the output in which builds happen, one at a time."""

    def __init__(self, output: str | Path) -> None:
        self.output = Path(os.path.abspath(output))
        self.folder = self.output.parent / f".{self.output.name}.sitegen"
        self.next = self.folder / "next"
        self.state_file = self.folder / "state.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Inside, no other build has this output; waits for one that does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def state(self) -> State:
        """Return the state of the build that made the output; {} if none did or it was changed since."""
        files = stats(self.output)
        try:
            state: State = json.loads(self.state_file.read_bytes())
            return state if state["files"] == files else {}
        except (OSError, ValueError, LookupError, TypeError):
            return {}

    def publish(self, state: State, sync: bool = False) -> None:
        """Put the folder `next` in the place of the output, and remember the state."""
        if sync:
            os.sync()
        if not (self.output.exists() and exchange(self.next, self.output)):
            if self.output.exists():
                shutil.rmtree(self.folder / "old", ignore_errors=True)
                self.output.rename(self.folder / "old")
            self.next.rename(self.output)
        temporary = self.state_file.with_suffix(".new")
        temporary.write_text(json.dumps(state, separators=(",", ":")))
        temporary.rename(self.state_file)


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step where the system can (Linux: renameat2); return whether it did."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    if libc.renameat2(AT_FDCWD, paths[0], AT_FDCWD, paths[1], RENAME_EXCHANGE) == 0:
        return True
    if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS):
        return False
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))


def check_output(output: str | Path, root: str | Path) -> None:
    """Raise SiteError unless `output` is a folder that a build of the site in `root` may replace."""
    output, root = Path(os.path.abspath(output)), Path(root).resolve()
    if output.is_symlink():
        raise SiteError(output, "is a link; name the folder itself as output")
    real, here = output.resolve(), Path.cwd()
    if real in (Path.home(), here, *here.parents, root, *root.parents):
        raise SiteError(output, "is not a folder to build into: more than a site is in it")
    if real.is_relative_to(root) and not real.relative_to(root).parts[0].startswith(("_", ".")):
        raise SiteError(output, "is among the pages: give it a name that starts with “_”, or another place")
    is_ours = output.is_dir() and (not any(output.iterdir()) or (output / MARKER).is_file())
    if output.exists() and not is_ours:
        raise SiteError(output, "has files that no build of ours has made: empty it, or name another folder")
