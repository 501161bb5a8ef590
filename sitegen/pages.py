"""The pages folder: the only module that reads it.

    site.yaml      what holds for the whole site: title, url, navigation, redirects …
    index.md       pages, `.md` or `.html`; folders are folders of the address
    blog/first.md
    layouts/       templates that pages are put into
    data/          .json, .yaml and .csv files, in templates as `site.data`
    static/        style sheets, scripts, pictures; pictures may also stand beside their pages

Names that start with a dot or an underscore are left alone.
"""

import os
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from hashlib import blake2b
from os.path import splitext
from pathlib import Path
from typing import Any

from .errors import SiteError
from .metadata import DATA_READERS, Metadata, read_mapping, split_page

SETTINGS_FILE = "site.yaml"
PAGE_TYPES = {".md", ".html"}
ASSET_TYPES = {
    *(".css", ".js", ".mjs", ".map", ".json", ".webmanifest", ".txt", ".xml", ".pdf", ".zip"),
    *(".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico"),
    *(".woff", ".woff2", ".ttf", ".otf", ".mp3", ".mp4", ".webm", ".vtt"),
}
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
MAX_SLUG = 200
CACHED_BYTES = 256 * 1024
# The pages that were parsed, by file and fingerprint: the preview reads the folder anew for every request.
CACHED_PAGES = 20_000
_parsed: "dict[tuple[str, str], Page]" = {}
# A folder may keep the layout its pages extend right beside them.
NEVER_PAGES = {"base.html"}


def digest(*parts: str | bytes) -> str:
    """Return a short hash of these strings or bytes."""
    content = blake2b(digest_size=10)
    for part in parts:
        part = part.encode() if isinstance(part, str) else part
        content.update(b"%d:" % len(part))
        content.update(part)
    return content.hexdigest()


@dataclass(frozen=True)
class Page:
    """One address of the site and what its file says about it."""

    slug: str
    source: str
    metadata: Metadata = field(hash=False)
    text: str = field(repr=False, hash=False)
    digest: str
    first_line: int = 0
    date: datetime | None = None
    tags: tuple[str, ...] = ()
    number: int = 1
    tag: str | None = None

    def __getitem__(self, name: str) -> Any:
        return self.metadata[name]

    @cached_property
    def url(self) -> str:
        if self.slug == "index":
            return "/"
        return "/404.html" if self.slug == "404" else f"/{self.slug}/"

    @property
    def file(self) -> str:
        """The file of the built site that holds this page."""
        return self.url.lstrip("/") + ("index.html" if self.url.endswith("/") else "")

    @property
    def is_markdown(self) -> bool:
        return self.source.endswith(".md")

    @cached_property
    def title(self) -> str:
        """The title given, or the first Markdown heading, or the last part of the address."""
        title = self.metadata.get("title") or self.first_heading or self.slug.rpartition("/")[2]
        title = (
            str(title)
            if self.metadata.get("title") or self.first_heading
            else title.replace("-", " ").capitalize()
        )
        return f"{title}: {self.tag}" if self.tag else title

    @cached_property
    def first_heading(self) -> str | None:
        heading = re.search(r"^# +(.+?) *#*$", self.text, re.MULTILINE) if self.is_markdown else None
        return heading and re.sub(r"[`*_]", "", heading[1])

    @property
    def collection(self) -> str:
        """The folder of the page: posts of `blog/` are the collection `blog`."""
        folder, _, name = self.source.rpartition("/")
        return "" if splitext(name)[0] == "index" else folder

    @property
    def order(self) -> float:
        order: float = self.metadata.get("order", 1000)
        return order

    @property
    def parent_slug(self) -> str:
        return self.slug.rpartition("/")[0] or "index"

    def described(self) -> str:
        """Return what other pages can show of this page, its content left out."""
        return repr((self.slug, self.source, self.metadata, self.first_heading, self.number, self.tag))

    def part(self, slug: str, number: int = 1, tag: str | None = None) -> "Page":
        """Return the page at `slug` that shows one part of what this page lists."""
        return replace(
            self, slug=slug, number=number, tag=tag, digest=digest(self.digest, slug, str(number), tag or "")
        )


class Folder:
    """A pages folder as it is now.

    `files` maps each usable file's path in the folder to its place on disk; `problems` are the
    SiteErrors of those that cannot be used.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self._name = str(self.root).rstrip("/")
        self.problems: list[SiteError] = []
        self.files: dict[str, str] = {}
        if not self.root.is_dir():
            raise SiteError(self.root, "is not a folder")
        self._real_root = self.root.resolve()
        self._contents: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}
        self._find_files(self.root, "")

    def _find_files(self, folder: str | Path, prefix: str) -> None:
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name.startswith((".", "_")):
                continue
            path = prefix + entry.name
            if entry.is_symlink() and not self._stays_inside(entry):
                self.problems.append(SiteError(self.place(path), "is a link that leads out of the folder"))
            elif entry.is_dir():
                if entry.is_symlink():
                    self.problems.append(SiteError(self.place(path), "is a link to a folder"))
                else:
                    self._find_files(entry.path, path + "/")
            elif entry.is_file():
                self.files[path] = entry.path

    def _stays_inside(self, entry: os.DirEntry[str]) -> bool:
        return Path(entry.path).resolve().is_relative_to(self._real_root)

    def place(self, path: str) -> str:
        """Return how messages name this file."""
        return f"{self._name}/{path}"

    def read(self, path: str) -> bytes:
        """Return the bytes of one of `files`; small ones are read once."""
        if path in self._contents:
            return self._contents[path]
        with open(self.files[path], "rb") as file:
            content = file.read()
        if len(content) <= CACHED_BYTES:
            self._contents[path] = content
        self._digests[path] = digest(content)
        return content

    def digest(self, path: str) -> str:
        """Return the hash of one of `files`."""
        if path not in self._digests:
            self.read(path)
        return self._digests[path]

    def read_text(self, path: str) -> str:
        content = self.read(path)
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise SiteError(self.place(path), "is not UTF-8 text", line) from None

    def fingerprint(self) -> str:
        """Return a hash of everything in the folder."""
        return digest(*(part for path in self.files for part in (path, self.digest(path))))

    @cached_property
    def assets(self) -> list[str]:
        """The paths of the files that are published as they are: style sheets, scripts, pictures."""
        return [path for path in self.files if is_asset(path)]

    @cached_property
    def layouts(self) -> dict[str, str]:
        """The paths of the templates by the name that pages use for them."""
        layouts = {path: path for path in self.files if path.endswith(".html")}
        return layouts | {path.removeprefix("layouts/"): path for path in layouts if path.startswith("layouts/")}

    @cached_property
    def unpublished(self) -> list[str]:
        """The paths of files of a kind that is never published."""
        return [
            path
            for path in self.files
            if path != SETTINGS_FILE and not is_asset(path) and not is_page(path) and not is_reserved(path)
        ]


def is_reserved(path: str) -> bool:
    return path.startswith(("layouts/", "data/")) or path in NEVER_PAGES


def is_page(path: str) -> bool:
    return not is_reserved(path) and not path.startswith("static/") and path.endswith(tuple(PAGE_TYPES))


def is_asset(path: str) -> bool:
    return not is_reserved(path) and path != SETTINGS_FILE and splitext(path)[1].lower() in ASSET_TYPES


def read_settings(folder: Folder) -> Metadata:
    """Return what site.yaml says, or nothing without one."""
    if SETTINGS_FILE not in folder.files:
        return {}
    return read_mapping(folder.read_text(SETTINGS_FILE), folder.place(SETTINGS_FILE))


class DataFolder(dict[str, Any]):
    """The data of a folder by name, as opposed to the content of a file."""


def read_data(folder: Folder) -> tuple[DataFolder, list[SiteError]]:
    """Return the content of the files in data/ by their names, and the SiteErrors of unusable ones.

    `data/team.json` is `team`; `data/team/berlin.json` is `berlin` within `team`.
    """
    data = DataFolder()
    problems: list[SiteError] = []
    for path in folder.files:
        stem, suffix = splitext(path)
        if path.startswith("data/") and suffix in DATA_READERS:
            try:
                content = DATA_READERS[suffix](folder.read_text(path), folder.place(path))
                add_data(data, stem.split("/")[1:], content, folder.place(path))
            except SiteError as error:
                problems.append(error)
    return data, problems


def add_data(data: DataFolder, names: list[str], content: Any, file: str) -> None:
    """Put content where its names lead. Raises SiteError where something is already."""
    *folders, name = names
    for folder in folders:
        data = data.setdefault(folder, DataFolder())
        if not isinstance(data, DataFolder):
            raise SiteError(file, f"is data named “{folder}”, as a file beside the folder is")
    if name in data:
        raise SiteError(file, f"is data named “{name}”, as another file or folder is")
    data[name] = content


def read_pages(folder: Folder) -> tuple[list[Page], dict[str, SiteError]]:
    """Return the pages, and the SiteErrors of those that cannot be read by their slugs."""
    pages: list[Page] = []
    broken: dict[str, SiteError] = {}
    for path in filter(is_page, folder.files):
        try:
            pages.append(read_page(folder, path))
        except SiteError as error:
            broken[slug_of(path)] = error
    return pages, broken


def read_page(folder: Folder, path: str) -> Page:
    """Return the Page of one file. Raises SiteError when its name or its metadata cannot be used."""
    file, slug = folder.place(path), slug_of(path)
    if not all(map(SAFE_NAME.fullmatch, slug.split("/"))):
        raise SiteError(file, "a page's name may have letters, digits, “-”, “_” and “.” only")
    if len(slug) > MAX_SLUG:
        raise SiteError(file, f"a page's address may have {MAX_SLUG} characters, this has {len(slug)}")
    known = file, folder.digest(path)
    if known not in _parsed:
        if len(_parsed) >= CACHED_PAGES:
            _parsed.clear()
        _parsed[known] = parse_page(folder.read_text(path), path, *known)
    return _parsed[known]


def parse_page(source: str, path: str, file: str, fingerprint: str) -> Page:
    metadata, text, first_line = split_page(source, file)
    check_metadata(metadata, source, file)
    return Page(
        slug=slug_of(path),
        source=path,
        metadata=metadata,
        text=text,
        digest=fingerprint,
        first_line=first_line,
        date=to_datetime(metadata["date"]) if metadata.get("date") else None,
        tags=tuple(map(str, metadata.get("tags") or ())),
    )


def slug_of(path: str) -> str:
    slug = path.rpartition(".")[0]
    return slug.removesuffix("/index") if slug != "index" else slug


def is_text(value: object) -> bool:
    return isinstance(value, (str, int, float))


def is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(map(is_text, value))


def is_date(value: Any) -> bool:
    try:
        to_datetime(value)
    except (ValueError, TypeError):
        return False
    return True


EXPECTED = {
    "title": (is_text, "text"),
    "description": (is_text, "text"),
    "layout": (lambda value: isinstance(value, str), "the name of a layout"),
    "date": (is_date, "a date such as 2026-11-22"),
    "updated": (is_date, "a date such as 2026-11-22"),
    "tags": (is_list_of_text, "a list such as [news, team]"),
    "redirect_from": (is_list_of_text, "a list of addresses such as [/old/]"),
    "draft": (lambda value: isinstance(value, bool), "true or false"),
    "navigation": (lambda value: isinstance(value, bool), "true or false"),
    "order": (lambda value: isinstance(value, (int, float)), "a number"),
    "paginate": (lambda value: isinstance(value, str), "the name of a collection"),
    "per_page": (lambda value: isinstance(value, int) and value > 0, "a number above 0"),
    "each": (lambda value: value == "tags", "“tags”"),
}


def check_metadata(metadata: Metadata, source: str, file: str) -> None:
    """Raise SiteError for a value that is not of the kind its name promises."""
    for name in EXPECTED.keys() & metadata.keys():
        is_expected, expected = EXPECTED[name]
        if metadata[name] is not None and not is_expected(metadata[name]):
            line = line_of(rf"^[^\w\n]*{name}[^\w\n]*:", source)
            raise SiteError(file, f"“{name}” must be {expected}, not {metadata[name]!r}", line)


def line_of(pattern: str, text: str) -> int | None:
    """Return the number of the first line in which `pattern` begins, or None."""
    match = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else None


def to_datetime(value: str | date | datetime) -> datetime:
    """Convert a date, a datetime or ISO text; without a zone it is UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
