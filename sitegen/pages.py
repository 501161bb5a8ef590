"""The pages of a folder: what each file says about itself."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cached_property, lru_cache
from typing import Any

from .errors import SiteError
from .folder import Folder, digest, is_page
from .metadata import Metadata, split_page

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
MAX_SLUG = 200


@dataclass(frozen=True, eq=False)
class Page:
    """One address of the site, and what its file says about it.

    A page that lists a collection or the tags has more addresses, one for each part: a `number` or a `tag`.
    """

    slug: str
    source: str
    metadata: Metadata
    text: str = field(default="", repr=False)
    digest: str = ""
    first_line: int = 0
    number: int = 1
    tag: str | None = None

    @cached_property
    def url(self) -> str:
        return {"index": "/", "404": "/404.html"}.get(self.slug, f"/{self.slug}/")

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
        last_part = self.slug.rpartition("/")[2].replace("-", " ").capitalize()
        title = str(self.metadata.get("title") or self.first_heading or last_part)
        return f"{title}: {self.tag}" if self.tag else title

    @cached_property
    def first_heading(self) -> str | None:
        heading = re.search(r"^# +(.+?) *#*$", self.text, re.MULTILINE) if self.is_markdown else None
        return heading and re.sub(r"[`*_]", "", heading[1])

    @cached_property
    def date(self) -> datetime | None:
        return to_datetime(self.metadata["date"]) if self.metadata.get("date") else None

    @property
    def updated(self) -> datetime | None:
        value = self.metadata.get("updated")
        return to_datetime(value) if value else self.date

    @property
    def tags(self) -> list[str]:
        return list(map(str, self.metadata.get("tags") or ()))

    @property
    def collection(self) -> str:
        """The folder of the page: posts of `blog/` are the collection `blog`."""
        folder, _, name = self.source.rpartition("/")
        return "" if name in ("index.md", "index.html") else folder

    @property
    def section(self) -> str:
        """The first part of the address, which tells what part of the site a page belongs to."""
        return self.slug.partition("/")[0]

    @property
    def parent_slug(self) -> str:
        return self.slug.rpartition("/")[0] or "index"

    @property
    def order(self) -> float:
        order: float | None = self.metadata.get("order")
        return 1000 if order is None else order

    @property
    def per_page(self) -> int:
        return self.metadata.get("per_page") or 10

    def described(self) -> str:
        """Return what other pages can show of this page, its content left out."""
        return repr((self.slug, self.source, self.metadata, self.first_heading, self.number, self.tag))

    def part(self, slug: str, number: int = 1, tag: str | None = None) -> "Page":
        """Return the page at `slug` that shows one part of what this page lists."""
        name = digest(self.digest, slug, str(number), tag or "")
        return replace(self, slug=slug, number=number, tag=tag, digest=name)


def read_pages(folder: Folder) -> tuple[list[Page], dict[str, SiteError]]:
    """Return the pages, and the SiteErrors of those that cannot be read by their slugs."""
    pages: list[Page] = []
    broken: dict[str, SiteError] = {}
    for path in filter(is_page, folder.files):
        try:
            check_name(slug_of(path), folder.place(path))
            pages.append(parse_page(folder.read_text(path), path, folder.place(path), folder.digest(path)))
        except SiteError as error:
            broken[slug_of(path)] = error
    return pages, broken


def slug_of(path: str) -> str:
    slug = path.rpartition(".")[0]
    return slug.removesuffix("/index") if slug != "index" else slug


def check_name(slug: str, file: str) -> None:
    if not all(map(SAFE_NAME.fullmatch, slug.split("/"))):
        raise SiteError(file, "a page's name may have letters, digits, “-”, “_” and “.” only")
    if len(slug) > MAX_SLUG:
        raise SiteError(file, f"a page's address may have {MAX_SLUG} characters, this has {len(slug)}")


@lru_cache(maxsize=20_000)  # the preview reads the folder anew for every request
def parse_page(source: str, path: str, file: str, fingerprint: str) -> Page:
    metadata, text, first_line = split_page(source, file)
    check_metadata(metadata, source, file)
    return Page(slug_of(path), path, metadata, text, fingerprint, first_line)


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
