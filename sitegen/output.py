"""The output folder: only ever ours, only ever whole.

A site is built in a hidden folder beside the output, its workshop, and put in place by one rename, so
that a build that is killed leaves the old site as it was. The workshop also keeps what the next build
can use: the state of the last one, the folder it replaced, and what memory.py keeps.
"""

import ctypes
import errno
import fcntl
import json
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

from .errors import SiteError

MARKER = ".sitegen"
AT_FDCWD = -100
RENAME_EXCHANGE = 2


def check_output(output, root):
    """Raise SiteError unless `output` is a folder that a build of the site in `root` may replace."""
    output, root = Path(os.path.abspath(output)), Path(root).resolve()
    if output.is_symlink():
        raise SiteError(output, "is a link; name the folder itself as output")
    real = output.resolve()
    if real == Path.home() or real in [Path.cwd(), *Path.cwd().parents]:
        raise SiteError(output, "is not a folder to build into: more than a site is in it")
    if real == root or real in root.parents:
        raise SiteError(output, "is not a folder to build into: the pages are in it")
    if real.is_relative_to(root) and not real.relative_to(root).parts[0].startswith(("_", ".")):
        raise SiteError(output, "is among the pages: give it a name that starts with “_”, or another place")
    if output.exists() and not output.is_dir():
        raise SiteError(output, "is a file")
    if output.is_dir() and any(output.iterdir()) and not (output / MARKER).is_file():
        raise SiteError(output, "has files that no build of ours has made: empty it, or name another folder")


class Workshop:
    """The hidden folder beside the output in which builds happen, one at a time."""

    def __init__(self, output):
        self.output = Path(os.path.abspath(output))
        self.folder = self.output.parent / f".{self.output.name}.sitegen"
        self.next = self.folder / "next"
        self.memory = self.folder / "memory.sqlite3"
        self.state_file = self.folder / "state.json"

    @contextmanager
    def locked(self):
        """Inside, no other build has this output; waits for one that does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._restore()
            yield

    def _restore(self):
        """Put the old site back if a build was killed where three renames were needed."""
        old = self.folder / "old"
        if old.is_dir() and not self.output.exists():
            old.rename(self.output)
        shutil.rmtree(old, ignore_errors=True)

    def state(self):
        """Return the state of the build that made the output; {} if none did or it was changed since."""
        try:
            state = json.loads(self.state_file.read_bytes())
        except (OSError, ValueError):
            return {}
        is_ours = state["build"] == marked(self.output) and state["sizes"] == sizes(self.output)
        return state if is_ours else {}

    def publish(self, stage, state, sync=False):
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

    def _swap(self):
        if not self.output.exists():
            self.next.rename(self.output)
        elif not exchange(self.next, self.output):
            old = self.folder / "old"
            self.output.rename(old)
            self.next.rename(self.output)
            old.rename(self.next)

    def abandon(self):
        """Leave the output as it is, and nothing of the build that failed."""
        shutil.rmtree(self.next, ignore_errors=True)


def marked(folder):
    """Return the name of the build that a folder's marker tells of, or None."""
    try:
        return json.loads((folder / MARKER).read_bytes())["build"]
    except (OSError, ValueError, KeyError):
        return None


def files_in(folder):
    """Return the entry of every file below `folder`, by its path."""
    found, waiting, start = {}, [str(folder)] if os.path.isdir(folder) else [], len(str(folder)) + 1
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                found[entry.path[start:]] = entry
    return found


def sizes(folder):
    """Return the size of every file below `folder` and when it was written, by its path."""
    stats = ((path, entry.stat(follow_symlinks=False)) for path, entry in files_in(folder).items())
    return {path: [stat.st_size, stat.st_mtime_ns] for path, stat in stats}


def exchange(one, other):
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
