"""The output of a build while it is written: hard links to files of the last output that are the same, and new files."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from .compress import SUFFIXES, siblings

MARKER = ".sitegen"

# Of files by their paths: the size, and the modification time in nanoseconds.
type Stats = dict[str, list[int]]


class Stage:
    """The folder of a build, new and empty at first.

    `built` are the files of the output that can be used again, and `files` those that this build has put in place;
    both with the compressed siblings.
    """

    def __init__(self, folder: Path, output: Path, built: Stats, release: bool = False) -> None:
        self.folder, self.output, self.built, self.release = folder, output, built, release
        self.files: Stats = {}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def keep(self, path: str) -> Stats:
        """Have the file of the output in this folder too, and its siblings. Return their stats."""
        kept = {path + suffix: self.built[path + suffix] for suffix in SUFFIXES if path + suffix in self.built}
        for name in kept:
            self._put(name, partial(link, f"{self.output}/{name}"))
        self.files |= kept
        return kept

    def keep_output(self) -> None:
        """Have all files of the output in this folder too."""
        built, self.built = self.built, stats(self.output)
        for name in self.built:
            self.keep(name)
        self.built = built

    def write(self, path: str, content: bytes) -> Stats:
        """Put a file and its compressed siblings in place: the output's where it is the same. Return their stats.

        A forked process may do this; the stage of its parent learns of the files by `files`.
        """
        is_same_size = path in self.built and self.built[path][0] == len(content)
        if is_same_size and (self.output / path).read_bytes() == content:
            return self.keep(path)
        written = {}
        for suffix, data in siblings(path, content, self.release).items():
            self._put(path + suffix, partial(write_new, data))
            written[path + suffix] = stat_of(os.stat(f"{self.folder}/{path}{suffix}"))
        self.files |= written
        return written

    def _put(self, path: str, make: Callable[[str], object]) -> None:
        """Call `make` with the place of a new file, once its folder is there and nothing else in its place."""
        target = f"{self.folder}/{path}"
        if path in self.files:
            with suppress(FileNotFoundError):
                os.unlink(target)
        try:
            make(target)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            make(target)


def stats(folder: Path) -> Stats:
    """Return the stats of all files below `folder`."""
    found, waiting, start = {}, [str(folder)] if folder.is_dir() else [], len(str(folder)) + 1
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                found[entry.path[start:]] = stat_of(entry.stat(follow_symlinks=False))
    return found


def stat_of(stat: os.stat_result) -> list[int]:
    return [stat.st_size, stat.st_mtime_ns]


def write_new(content: bytes, target: str) -> None:
    with open(target, "xb") as file:
        file.write(content)


def link(old: str, new: str) -> None:
    """Have the old file in the new place too, without copying it where the file system can."""
    try:
        os.link(old, new)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(old, new)
