"""The output of a build while it is written.

It begins as the output before the last: a build swaps the new folder with the old one, and the old one
becomes the next build's stage. So a build touches only what differs. The two share the bytes of equal
files (hard links); therefore no file is ever written into, only replaced.
"""

import json
import os
import shutil
from collections.abc import Callable, Container
from contextlib import suppress
from functools import partial
from pathlib import Path

from .compress import SUFFIXES, siblings
from .output import MARKER, marked, sizes
from .pages import digest
from .state import Sizes, StageState, State


class Stage:
    """The folder of a build, seen as files by their path, each with a key: the hash of its content.

    `state` is that of the last build. `files` are the keys of all that is in place, `sizes` the size
    and time of every file on disk, compressed siblings included.
    """

    def __init__(self, folder: Path, output: Path, state: State, release: bool = False) -> None:
        self.folder, self.output, self.release = folder, output, release
        # As text, since joining Paths takes longer than linking files.
        self._folder, self._output = f"{folder}/", f"{output}/"
        self.built, self.built_sizes = state.get("files", {}), state.get("sizes", {})
        self.files: dict[str, str] = {}
        self.sizes: Sizes = {}
        self._there = self._begin(state.get("stage"))

    def _begin(self, known: StageState | None) -> dict[str, str]:
        """Return the keys of what the folder holds; of a folder that no finished build left, nothing stays."""
        if known and marked(self.folder) == known["build"]:
            (self.folder / MARKER).unlink()
            there = self.built | known["different"]
            return {path: key for path, key in there.items() if key is not None}
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        return {}

    def adopt_output(self) -> None:
        """Link everything in the output, for a build of a few pages."""
        if not self.built:
            self.built_sizes = sizes(self.output)
            self.built = {path: "" for path in self.built_sizes if path != MARKER and not path.endswith(SUFFIXES)}
        for path in self.built:
            self.keep(path)

    def keep(self, path: str) -> None:
        """Link the file of the output."""
        key = self.built[path]
        if self._there.get(path) != key or not key:
            self._remove(path)
            for name in parts(path, self.built_sizes):
                self._create(name, partial(link, self._output + name))
        self.take(path, key, {name: self.built_sizes[name] for name in parts(path, self.built_sizes)})

    def put(self, path: str, key: str, content: Callable[[], bytes]) -> None:
        """Put a file in place: the output's if that has this key, else what `content` returns."""
        if self.files.get(path) == key:
            return
        if self.built.get(path) == key:
            self.keep(path)
        else:
            self.take(path, key, self.write(path, content()))

    def write(self, path: str, content: bytes) -> Sizes:
        """Write a file and its compressed siblings, and return their sizes for `take`.

        A forked process may do this; the stage of its parent learns of the file only by `take`.
        """
        self._remove(path)
        written: Sizes = {}
        for suffix, data in {"": content, **siblings(path, content, self.release)}.items():
            stat = self._create(path + suffix, partial(write_new, content=data))
            written[path + suffix] = [stat.st_size, stat.st_mtime_ns]
        return written

    def take(self, path: str, key: str, written: Sizes) -> None:
        """Record that a file is in place."""
        self.files[path] = self._there[path] = key
        self.sizes |= written

    def finish(self) -> str:
        """Remove unused files, write the marker, and return the name of the build."""
        for path in list(self._there.keys() - self.files.keys()):
            self._remove(path)
            self._remove_empty_folders(path)
        build = digest(*(part for path, key in sorted(self.files.items()) for part in (path, key)))
        stat = write_new(self.folder / MARKER, json.dumps({"made by": "sitegen", "build": build}).encode() + b"\n")
        self.sizes[MARKER] = [stat.st_size, stat.st_mtime_ns]
        return build

    def follow_output(self) -> None:
        """Link everything in the output, for the next build, which does without if this fails."""
        with suppress(OSError):
            # The marker comes last: it says that everything is there.
            for name in [*sorted(self.sizes.keys() - {MARKER}), MARKER]:
                self._create(name, partial(link, self._output + name))

    def different(self) -> dict[str, str | None]:
        """Return the keys, None for no file, that the output has where they differ from those of the stage."""
        return {
            path: self.built.get(path)
            for path in self.built.keys() | self.files.keys()
            if self.built.get(path) != self.files.get(path)
        }

    def _create[T](self, path: str, make: Callable[[str], T]) -> T:
        """Call `make` with the place of a new file, once nothing is in the way; return what it returns."""
        target = self._folder + path
        try:
            return make(target)
        except FileNotFoundError:
            pass  # its folder is not there yet
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            self._clear_the_way(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        return make(target)

    def _clear_the_way(self, path: str) -> None:
        """Remove a folder that was where a file is to be, or a file where a folder is to be."""
        if os.path.isdir(self.folder / path):
            shutil.rmtree(self.folder / path)
        while path := os.path.dirname(path):
            if os.path.isfile(self.folder / path):
                self._remove(path)

    def _remove(self, path: str) -> None:
        if self._there.pop(path, None) is not None:
            for name in parts(path):
                with suppress(FileNotFoundError, NotADirectoryError):
                    os.unlink(self._folder + name)

    def _remove_empty_folders(self, path: str) -> None:
        with suppress(OSError):
            while path := os.path.dirname(path):
                os.rmdir(self.folder / path)


def parts(path: str, among: Container[str] | None = None) -> list[str]:
    """Return the names of a file and its compressed siblings, those in `among` if it is given."""
    return [name for name in (path, *(path + suffix for suffix in SUFFIXES)) if among is None or name in among]


def write_new(target: str | Path, content: bytes) -> os.stat_result:
    """Write a file that is not there yet, and return its stat."""
    file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)  # half the calls of open()
    try:
        write_all(file, content)
        return os.fstat(file)
    finally:
        os.close(file)


def write_all(file: int, content: bytes) -> None:
    """Write until all is written: one call takes at most 2 GB, and less on a full disk."""
    while content:
        content = content[os.write(file, content) :]


def link(old: str, new: str) -> None:
    """Have the old file in the new place too, without copying it where the file system can."""
    try:
        os.link(old, new)
    except (FileNotFoundError, FileExistsError, NotADirectoryError):
        raise
    except OSError:
        shutil.copy2(old, new)
