"""The output of a build while it is written: hard links to files of the last output that are the same, and new files.

Text files have compressed siblings, so that a server sends them without work.
"""

import gzip
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath

import brotli

MARKER = ".sitegen"
TEXT = {".html", ".css", ".js", ".mjs", ".map", ".json", ".webmanifest", ".svg", ".xml", ".txt", ".vtt"}
WORTHWHILE = 256  # bytes; below, the headers of an answer weigh more than what is saved

# Of files by their paths: the size, and the modification time in nanoseconds.
type Stats = dict[str, list[int]]


class Stage:
    """The folder of a build, new and empty at first. `built` are the files of the output that can be used again."""

    def __init__(self, folder: Path, output: Path, built: Stats, release: bool = False) -> None:
        self.folder, self.output, self.built, self.release = folder, output, built, release
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def keep_output(self) -> None:
        """Have all files of the output in this folder too."""
        for path in stats(self.output):
            self._put(path, partial(link, f"{self.output}/{path}"))

    def keep(self, path: str) -> bool:
        """Have the file of the output in this folder too, with its siblings; return whether there is one to use."""
        for name in (path, f"{path}.gz", f"{path}.br"):
            if name in self.built:
                self._put(name, partial(link, f"{self.output}/{name}"))
        return path in self.built

    def write(self, path: str, content: bytes) -> None:
        """Put a file and its siblings in place: the output's where it is the same. A forked process may do this."""
        is_same_size = path in self.built and self.built[path][0] == len(content)
        if is_same_size and (self.output / path).read_bytes() == content:
            self.keep(path)
            return
        for suffix, data in siblings(path, content, self.release).items():
            self._put(path + suffix, partial(write_new, data))

    def _put(self, path: str, make: Callable[[str], object]) -> None:
        """Call `make` with the place of a new file, once its folder is there and nothing else in its place."""
        target = f"{self.folder}/{path}"
        try:
            make(target)
        except FileExistsError:
            os.unlink(target)
            make(target)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            make(target)


def siblings(path: str, content: bytes, release: bool) -> dict[str, bytes]:
    """Return a file and its compressed versions by their suffixes; pictures and tiny files have none.

    Brotli's quality 11 takes longer than the rest of a build: it is for a release.
    """
    if len(content) < WORTHWHILE or PurePosixPath(path).suffix not in TEXT:
        return {"": content}
    return {
        "": content,
        ".gz": gzip.compress(content, compresslevel=9 if release else 6, mtime=0),
        ".br": brotli.compress(content, quality=11 if release else 5),
    }


def stats(folder: Path) -> Stats:
    """Return the stats of all files below `folder`."""
    found, waiting, start = {}, [str(folder)] if folder.is_dir() else [], len(str(folder)) + 1
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                stat = entry.stat(follow_symlinks=False)
                found[entry.path[start:]] = [stat.st_size, stat.st_mtime_ns]
    return found


def write_new(content: bytes, target: str) -> None:
    with open(target, "xb") as file:
        file.write(content)


def link(old: str, new: str) -> None:
    """Have the old file in the new place too, without copying it where the file system can."""
    try:
        os.link(old, new)
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError:
        shutil.copy2(old, new)
