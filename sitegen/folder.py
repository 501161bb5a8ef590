"""The pages folder: the only module that reads it.

    site.yaml      what holds for the whole site: title, url, navigation, redirects …
    index.md       pages, `.md` or `.html`; folders are folders of the address
    blog/first.md
    layouts/       templates that pages are put into
    data/          .json, .yaml and .csv files, in templates as `site.data`
    static/        style sheets, scripts, pictures; pictures may also stand beside their pages
    public/        files for the root of the site, published as they are

Names that start with a dot or an underscore are left alone, but for files that hosts ask for.
"""

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cached_property
from hashlib import blake2b
from os.path import splitext
from pathlib import Path
from typing import Any

from .errors import SiteError
from .metadata import MARKDOWN_TYPES, READERS, Metadata, read_csv, read_mapping, read_yaml

SETTINGS_FILE = "site.yaml"
PAGE_TYPES = (*MARKDOWN_TYPES, ".html")
INDEX_NAMES = {f"{name}{kind}" for name in ("index", "_index") for kind in PAGE_TYPES}
# The index of its folder, as in a repository, unless the folder has one of the others.
README = "README.md"
HOST_FILES = {"CNAME", ".nojekyll", ".htaccess", ".domains", "_redirects", "_headers", "_routes.json"}
# Those that only pages and style sheets name can have a hash in their names.
HASHED_TYPES = {
    *(".css", ".js", ".mjs", ".map", ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"),
    *(".woff", ".woff2", ".ttf", ".otf", ".mp3", ".mp4", ".webm"),
}
ASSET_TYPES = HASHED_TYPES | {".json", ".webmanifest", ".txt", ".xml", ".pdf", ".zip", ".ico", ".vtt"}
DATA_READERS = READERS | {"csv": read_csv}
CACHED_BYTES = 256 * 1024


def digest(*parts: str | bytes) -> str:
    """Return a short hash of these strings or bytes."""
    content = blake2b(digest_size=10)
    for part in parts:
        part = part.encode() if isinstance(part, str) else part
        content.update(b"%d:" % len(part))
        content.update(part)
    return content.hexdigest()


class Folder:
    """A pages folder as it is now.

    `files` maps each usable file's path in the folder to its place on disk; `problems` are the
    SiteErrors of those that cannot be used.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self._name = str(self.root).rstrip("/")
        if not self.root.is_dir():
            raise SiteError(self.root, "is not a folder")
        self.problems: list[SiteError] = []
        self.setting_problems: list[SiteError] = []
        self.settings = self._read_settings()
        given = self.settings.get("exclude") or []
        patterns = map(str, given if isinstance(given, list) else [given])
        self.excluded = [pattern.strip("/").removeprefix("**/") for pattern in patterns]
        self._contents: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}
        self.files = {path: self.place(path) for path in sorted(self._find(), key=lambda path: path.split("/"))}

    def _read_settings(self) -> Metadata:
        place = self.place(SETTINGS_FILE)
        if not os.path.isfile(place) or os.path.islink(place):
            return {}
        try:
            return read_mapping(read_yaml, decoded(Path(place).read_bytes(), place), place)
        except SiteError as error:
            self.setting_problems.append(error)
            return {}

    def _find(self) -> Iterator[str]:
        """Yield the paths of the usable files, and note what is wrong with others."""
        for folder, folders, files in os.walk(self.root):
            start = f"{folder}/"[len(str(self.root)) + 1 :]
            folders[:] = [name for name in folders if self._is_wanted(start + name)]
            if not INDEX_NAMES.isdisjoint(files):
                files = [name for name in files if name != README]
            for path in filter(self._is_wanted, (start + name for name in [*folders, *files])):
                place = self.place(path)
                if "\ud800" <= max(path) <= "\udfff":
                    self.problems.append(SiteError(ascii(place), "has a name that is not UTF-8"))
                elif os.path.islink(place) and (reason := self._misleading_link(Path(place))):
                    self.problems.append(SiteError(place, reason))
                elif os.path.isfile(place):
                    yield path

    def _is_wanted(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        if any(fnmatch(path, pattern) or fnmatch(name, pattern) for pattern in self.excluded):
            return False
        is_for_hosts = path in HOST_FILES or path.startswith((".well-known", "public/"))
        return is_for_hosts or is_index(path) or not name.startswith((".", "_"))

    def _misleading_link(self, link: Path) -> str | None:
        if not link.resolve().is_relative_to(self.root.resolve()):
            return "is a link that leads out of the folder"
        return "is a link to a folder" if link.is_dir() else None

    def place(self, path: str) -> str:
        """Return how messages name this file."""
        return f"{self._name}/{path}"

    def error_at(self, path: str, reason: str, *needles: str) -> SiteError:
        """Return the SiteError about the first line of a file that has one of these texts."""
        text = self.read_text(path) if path in self.files else ""
        return SiteError(self.place(path), reason, line_with(text, *needles))

    def read(self, path: str) -> bytes:
        """Return the bytes of one of `files`; small ones are read once."""
        if path in self._contents:
            return self._contents[path]
        try:
            content = Path(self.files[path]).read_bytes()
        except OSError as error:
            raise SiteError(self.place(path), f"can't be read: {error.strerror}") from None
        if len(content) <= CACHED_BYTES:
            self._contents[path] = content
        return content

    def read_text(self, path: str) -> str:
        return decoded(self.read(path), self.place(path))

    def digest(self, path: str) -> str:
        """Return the hash of one of `files`."""
        if path not in self._digests:
            self._digests[path] = digest(self.read(path))
        return self._digests[path]

    def fingerprint(self) -> str:
        """Return a hash of everything in the folder."""
        return digest(*(part for path in self.files for part in (path, self.digest(path))))

    @cached_property
    def assets(self) -> list[str]:
        """The paths of the files that are published as they are: style sheets, scripts, pictures."""
        return list(filter(is_asset, self.files))

    @cached_property
    def layouts(self) -> dict[str, str]:
        """The paths of the templates by the name that pages use for them."""
        layouts = {path: path for path in self.files if path.endswith(".html")}
        return layouts | {path.removeprefix("layouts/"): path for path in layouts if path.startswith("layouts/")}

    def read_data(self) -> tuple["DataFolder", list[SiteError]]:
        """Return the content of the files in data/ by their names, and the SiteErrors of unusable ones.

        `data/team.json` is `team`; `data/team/berlin.json` is `berlin` within `team`.
        """
        data, problems = DataFolder(), []
        for path, file in self.files.items():
            stem, suffix = splitext(path)
            if path.startswith("data/") and suffix[1:] in DATA_READERS:
                try:
                    data.add(stem.split("/")[1:], DATA_READERS[suffix[1:]](self.read_text(path), file), file)
                except SiteError as error:
                    problems.append(error)
        return data, problems

    @property
    def unpublished(self) -> list[str]:
        """The paths of files of a kind that is never published."""
        known = (is_asset, is_page, is_used)
        return [path for path in self.files if path != SETTINGS_FILE and not any(is_(path) for is_ in known)]


class DataFolder(dict[str, Any]):
    """The data of a folder by name, as opposed to the content of a file."""

    def add(self, names: list[str], content: Any, file: str) -> None:
        """Put content where its names lead. Raises SiteError where something is already."""
        first, *rest = names
        if not rest and first in self:
            raise SiteError(file, f"is data named “{first}”, as another file or folder is")
        place = self.setdefault(first, DataFolder() if rest else content)
        if rest and not isinstance(place, DataFolder):
            raise SiteError(file, f"is data named “{first}”, as a file beside the folder is")
        if rest:
            place.add(rest, content, file)


def line_with(text: str, *needles: str) -> int | None:
    """Return the number of the first line that has the first of these texts that is there, in any case."""
    lines = text.lower().splitlines()
    found = (number for needle in needles for number, line in enumerate(lines, 1) if needle.lower() in line)
    return next(found, None)


def decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SiteError(file, "is not UTF-8 text", line) from None


def is_reserved(path: str) -> bool:
    """Whether a file is a layout or data; a layout may also be right beside its pages as base.html."""
    return path.startswith(("layouts/", "data/")) or path == "base.html"


def is_used(path: str) -> bool:
    """Whether a layout or data is of a kind that is read."""
    return is_reserved(path) and splitext(path)[1][1:] in {"html", *DATA_READERS}


def is_untouched(path: str) -> bool:
    """Whether a file is published byte for byte, under its own name only."""
    return path in HOST_FILES or path.startswith(("public/", ".well-known/"))


def is_page(path: str) -> bool:
    outside = ("static/", "public/", ".well-known/")
    return not is_reserved(path) and not path.startswith(outside) and path.endswith(PAGE_TYPES)


def is_index(path: str) -> bool:
    return path.rpartition("/")[2] in {*INDEX_NAMES, README}


def is_asset(path: str) -> bool:
    if is_reserved(path) or path == SETTINGS_FILE:
        return False
    return is_untouched(path) or splitext(path)[1].lower() in ASSET_TYPES
