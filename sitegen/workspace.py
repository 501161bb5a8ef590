"""Builds happen in a hidden folder beside the output, the workspace, and are put in place by one rename.

So a build that is killed leaves the old site as it was. The workspace also keeps what the next build
reuses: the state of the last one and the folder it replaced.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .output import exchange, marked, sizes
from .state import State

if TYPE_CHECKING:
    from .stage import Stage  # takes longer to import than a build that has nothing to do


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
            self._restore()
            yield

    def _restore(self) -> None:
        """Put the old site back if a build was killed where three renames were needed."""
        old = self.folder / "old"
        if old.is_dir() and not self.output.exists():
            old.rename(self.output)
        shutil.rmtree(old, ignore_errors=True)

    def state(self) -> State:
        """Return the state of the build that made the output; {} if none did or it was changed since."""
        try:
            state = json.loads(self.state_file.read_bytes())
        except (OSError, ValueError):
            return {}
        is_ours = state["build"] == marked(self.output) and state["sizes"] == sizes(self.output)
        return state if is_ours else {}

    def publish(self, stage: "Stage", state: State, sync: bool = False) -> None:
        """Put the stage in the place of the output and remember the state."""
        replaced, build = marked(self.output), stage.finish()
        state |= {"build": build, "files": stage.files, "sizes": stage.sizes}
        if stage.built:
            state["stage"] = {"build": replaced, "different": stage.different()}
        if sync:
            os.sync()
        self._swap()
        if not stage.built:
            self.abandon()  # nobody knows what is in the folder that was replaced
            stage.follow_output()  # now, so that the first edit need not
            state["stage"] = {"build": build, "different": {}}
        temporary = self.state_file.with_suffix(".new")
        temporary.write_text(json.dumps(state, separators=(",", ":")))
        temporary.rename(self.state_file)

    def _swap(self) -> None:
        if not self.output.exists():
            self.next.rename(self.output)
        elif not exchange(self.next, self.output):
            old = self.folder / "old"
            self.output.rename(old)
            self.next.rename(self.output)
            old.rename(self.next)

    def abandon(self) -> None:
        """Leave the output as it is, and nothing of the build that failed."""
        shutil.rmtree(self.next, ignore_errors=True)
