"""The output folder: which folder a build may replace, and what is in it."""

import ctypes
import errno
import json
import os
import sys
from pathlib import Path

from .errors import SiteError
from .state import Sizes

MARKER = ".sitegen"
AT_FDCWD = -100
RENAME_EXCHANGE = 2


def check_output(output: str | Path, root: str | Path) -> None:
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


def marked(folder: Path) -> str | None:
    """Return the name of the build that a folder's marker tells of, or None."""
    try:
        build: str = json.loads((folder / MARKER).read_bytes())["build"]
    except (OSError, ValueError, KeyError):
        return None
    return build


def files_in(folder: Path) -> dict[str, os.DirEntry[str]]:
    """Return the entry of every file below `folder`, by its path."""
    found, waiting, start = {}, [str(folder)] if os.path.isdir(folder) else [], len(str(folder)) + 1
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                found[entry.path[start:]] = entry
    return found


def sizes(folder: Path) -> Sizes:
    """Return the size of every file below `folder` and when it was written, by its path."""
    stats = ((path, entry.stat(follow_symlinks=False)) for path, entry in files_in(folder).items())
    return {path: [stat.st_size, stat.st_mtime_ns] for path, stat in stats}


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
