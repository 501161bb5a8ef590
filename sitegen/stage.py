"""The output of a build while it is written.

A build swaps this folder with the output, so the next one finds in it the output before the last. Of that it keeps
the files that are the same as the output's: the two folders share the bytes of equal files (hard links). So a build
touches only what differs, and no file is ever written into, only replaced.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from .compress import SUFFIXES, siblings

MARKER = ".sitegen"

# Of files by their paths: the size, the modification time in nanoseconds, and the inode.
type Stats = dict[str, list[int]]


class Stage:
    """The folder of a build.

    `built` are the files of the output that can be used again, and `files` those that this build has put in place;
    both with the compressed siblings.
    """

    def __init__(self, folder: Path, output: Path, built: Stats, release: bool = False) -> None:
        self.folder, self.output, self.built, self.release = folder, output, built, release
        self.files: Stats = {}
        self._there = stats(folder)

    def keep(self, path: str) -> Stats:
        """Have the file of the output in this folder too, and its siblings. Return their stats."""
        kept = {path + suffix: self.built[path + suffix] for suffix in SUFFIXES if path + suffix in self.built}
        for name, stat in kept.items():
            if self._there.get(name) != stat:
                self._replace(name, partial(link, f"{self.output}/{name}"))
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
        if self._is_built(path, content):
            return self.keep(path)
        written = {}
        for suffix, data in siblings(path, content, self.release).items():
            self._replace(path + suffix, partial(write_new, data))
            written[path + suffix] = stat_of(os.stat(f"{self.folder}/{path}{suffix}"))
        self.files |= written
        return written

    def _is_built(self, path: str, content: bytes) -> bool:
        is_same_size = path in self.built and self.built[path][0] == len(content)
        return is_same_size and (self.output / path).read_bytes() == content

    def finish(self) -> None:
        """Remove what this build has not put in place."""
        self.write(MARKER, b'{"made by": "sitegen"}\n')
        for path in self._there.keys() - self.files.keys():
            with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
                os.unlink(self.folder / path)
            with suppress(OSError):
                os.removedirs((self.folder / path).parent)

    def _replace(self, path: str, make: Callable[[str], object]) -> None:
        """Call `make` with the place of a new file, once nothing is in its way."""
        target = f"{self.folder}/{path}"
        try:
            if path in self._there or path in self.files:
                os.unlink(target)
            make(target)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            make(target)
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            self._clear_the_way(path)
            make(target)

    def _clear_the_way(self, path: str) -> None:
        """Remove a folder that was where a file is to be, or a file where a folder is to be."""
        target = self.folder / path
        if target.is_dir():
            shutil.rmtree(target)
        for folder in target.relative_to(self.folder).parents:
            if (self.folder / folder).is_file():
                (self.folder / folder).unlink()
        target.parent.mkdir(parents=True, exist_ok=True)


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
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino]


def write_new(content: bytes, target: str) -> None:
    with open(target, "xb") as file:
        file.write(content)


def link(old: str, new: str) -> None:
    """Have the old file in the new place too, without copying it where the file system can."""
    try:
        os.link(old, new)
    except (FileNotFoundError, FileExistsError, NotADirectoryError):
        raise
    except OSError:
        shutil.copy2(old, new)
