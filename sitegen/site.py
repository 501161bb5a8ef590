"""The site: its settings, data, pages, collections, tags and navigation."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import slugify

from .assets import Assets
from .errors import SiteError
from .folder import SETTINGS_FILE, Folder, digest
from .metadata import Metadata, read_data, read_mapping
from .options import Options, build_time
from .pages import Page, read_pages

DEFAULTS: dict[str, Any] = {
    "title": "Untitled site",
    "description": "",
    "author": "",
    "language": "en",
    "url": "http://localhost:8000",
    "layout": "page.html",
    "collections": {},
    "redirects": {},
    "navigation": None,
}
EXPECTED: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("collections", "redirects"), (dict, "names with values")),
    **dict.fromkeys(("title", "url", "layout"), (str, "text")),
    "navigation": (list, "a list"),
}
SAFE_ADDRESS = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9_.-]*/)*(?:[A-Za-z0-9][A-Za-z0-9_-]*\.html)?")
# Where the folder has none of its own, these. No page needs to link to them.
STANDARD_PAGES = [
    Page("404", "404.html", {"title": "Page not found", "layout": "404.html", "navigation": False}),
    Page("search", "search.html", {"title": "Search", "layout": "search.html", "navigation": False}),
]


class Site(ABC):
    """A folder with its pages and data read. `broken` holds the errors of single pages by slug.

    `hashed` gives assets the names of a built site.
    """

    def __init__(
        self,
        folder: Folder,
        options: Options | None = None,
        now: datetime | None = None,
        hashed: bool = False,
    ) -> None:
        self.folder, self.options, self.now = folder, options or Options(), now or build_time()
        self.assets = Assets(folder, hashed)
        self.settings = DEFAULTS | read_settings(folder)
        if self.options.url:
            self.settings["url"] = self.options.url
        self.url: str = self.settings["url"].rstrip("/")
        self.data, self.data_problems = read_data(folder)
        found, self.broken = read_pages(folder)
        self.drafts = [page for page in found if page.metadata.get("draft")]
        self.future = [page for page in found if page.date and page.date > self.now]
        self.written = [page for page in found if self._is_shown(page)]
        taken = {page.slug for page in self.written} | self.broken.keys()
        self.written += [page for page in STANDARD_PAGES if page.slug not in taken]
        self.pages = [part for page in self.written for part in self._parts(page)]
        self.by_slug = {page.slug: page for page in reversed(self.pages)}
        self.by_source = {page.source: page for page in reversed(self.pages)}
        self.redirects = self._read_redirects()
        self.problems: list[SiteError] = [
            *folder.problems,
            *self.data_problems,
            *self.broken.values(),
            *self._conflicts(),
        ]
        self.fingerprints: dict[str, str] = {}

    def _is_shown(self, page: Page) -> bool:
        return (self.options.drafts or not page.metadata.get("draft")) and (
            self.options.future or not page.date or page.date <= self.now
        )

    @property
    def next_due(self) -> datetime | None:
        """The next moment at which a page's date comes, if any."""
        return min((page.date for page in self.future if page.date), default=None)

    @abstractmethod
    def content_of(self, page: Page) -> SafeString:
        """Return the HTML of a page without its layout."""

    @abstractmethod
    def summary_of(self, page: Page) -> str:
        """Return the description of a page, or its first paragraph as text."""

    # Parts: a page that lists a collection or the tags has an address for each part of the list.

    def _parts(self, page: Page) -> Iterator[Page]:
        yield page
        prefix = "" if page.slug == "index" else page.slug + "/"
        if page.metadata.get("each") == "tags":
            for tag in self.tags:
                yield page.part(prefix + (slugify(tag) or digest(tag)), tag=tag)
        elif page.metadata.get("paginate"):
            for number in range(2, self.count_parts(page) + 1):
                yield page.part(f"{prefix}page/{number}", number=number)

    def count_parts(self, page: Page) -> int:
        """Return on how many pages the collection is listed that `page` lists."""
        return max(1, -(-len(self.collections.get(page.metadata["paginate"], ())) // page.per_page))

    def _conflicts(self) -> Iterator[SiteError]:
        """Yield an error for each page and redirect that cannot have its address."""
        for page in self.pages:
            winner = self.by_slug[page.slug]
            if winner is not page:
                others = self.folder.place(winner.source)
                yield SiteError(self.folder.place(page.source), f"has the address {page.url}, as {others} has")
        taken, file = {page.url for page in self.pages}, self.folder.place(SETTINGS_FILE)
        for old in self.redirects:
            if not SAFE_ADDRESS.fullmatch(old) or ".." in old:
                yield SiteError(file, f"the redirect {old!r} must look like “/old/address/”")
            elif old in taken:
                yield SiteError(file, f"{old} is a redirect and a page")

    def _read_redirects(self) -> dict[str, str]:
        """Return the new address of each old one, from site.yaml and from the pages themselves."""
        redirects = {str(old): str(new) for old, new in self.settings["redirects"].items()}
        for page in self.written:
            redirects |= {str(old): page.url for old in page.metadata.get("redirect_from") or ()}
        return redirects

    # Collections

    @cached_property
    def collections(self) -> dict[str, list[Page]]:
        """The pages of each folder, in the order site.yaml asks for."""
        collections: dict[str, list[Page]] = {}
        for page in self.written:
            if page.collection:
                collections.setdefault(page.collection, []).append(page)
        return {name: in_order(pages, self.collection(name).get("sort")) for name, pages in collections.items()}

    @cached_property
    def tags(self) -> dict[str, list[Page]]:
        """The pages of each tag, newest first."""
        tags: dict[str, list[Page]] = {}
        for page in self.written:
            for tag in page.tags:
                tags.setdefault(tag, []).append(page)
        return {tag: in_order(pages) for tag, pages in sorted(tags.items())}

    def collection(self, name: str) -> dict[str, Any]:
        """Return the settings of a collection."""
        return self.settings["collections"].get(name) or {}

    def neighbours(self, page: Page) -> tuple[Page | None, Page | None]:
        """Return the pages before and after `page` in its collection."""
        pages = self.collections.get(page.collection, [])
        if page not in pages:
            return None, None
        index = pages.index(page)
        return pages[index - 1] if index else None, pages[index + 1] if index + 1 < len(pages) else None

    @cached_property
    def feeds(self) -> dict[str, str]:
        """The addresses of the Atom feeds, one for each collection with dates, by its name."""
        return {
            name: f"/{name}/feed.xml"
            for name, pages in sorted(self.collections.items())
            if any(page.date for page in pages) and self.collection(name).get("feed", True)
        }

    # Navigation

    @cached_property
    def children(self) -> dict[str, list[Page]]:
        """The pages below each page, by its slug: what a navigation shows."""
        children: dict[str, list[Page]] = {}
        for page in sorted(self.written, key=lambda page: (page.order, page.title, page.slug)):
            if page.slug not in ("index", "404") and page.metadata.get("navigation", not page.date):
                children.setdefault(page.parent_slug, []).append(page)
        return children

    def top_pages(self) -> list[Page]:
        """Return the pages of the main navigation."""
        if self.settings["navigation"] is None:
            return self.children.get("index", [])
        return [self.by_slug[slug] for slug in self.settings["navigation"] if slug in self.by_slug]

    def breadcrumbs(self, page: Page) -> list[Page]:
        """Return the pages above `page`, the home page first."""
        crumbs: list[Page] = []
        slug = page.slug
        while slug != "index":
            slug = slug.rpartition("/")[0] or "index"
            if slug in self.by_slug:
                crumbs.insert(0, self.by_slug[slug])
        return crumbs


def read_settings(folder: Folder) -> Metadata:
    """Return what site.yaml says. Raises SiteError for a value of the wrong kind."""
    if SETTINGS_FILE not in folder.files:
        return {}
    file = folder.place(SETTINGS_FILE)
    written = read_mapping(folder.read_text(SETTINGS_FILE), file)
    settings = {key: value for key, value in written.items() if value is not None}
    for name in EXPECTED.keys() & settings.keys():
        kind, expected = EXPECTED[name]
        if not isinstance(settings[name], kind):
            raise SiteError(file, f"“{name}” must be {expected}")
    return settings


def in_order(pages: list[Page], key: str | None = None) -> list[Page]:
    """Return pages sorted by a name, backwards with `-` before it; pages without a value come last."""
    key = key or ("-date" if any(page.date for page in pages) else "order")
    name = key.lstrip("-")
    pages = sorted(pages, key=lambda page: (page.title, page.slug))
    with_value = [page for page in pages if sort_value(page, name) is not None]
    with_value.sort(key=lambda page: sort_value(page, name), reverse=key.startswith("-"))
    return with_value + [page for page in pages if sort_value(page, name) is None]


def sort_value(page: Page, name: str) -> Any:
    """Return what a collection is sorted by, numbers before text, or None where the page has none."""
    value = getattr(page, name) if name in ("date", "order", "title", "slug") else page.metadata.get(name)
    if value is None or name == "date":
        return value
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, str(value))
