"""The site as templates see it: its settings, data, pages, collections, tags and navigation."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from .assets import Assets
from .errors import SiteError
from .options import Options, build_time
from .pages import Folder, Page, digest, read_data, read_pages, read_settings, to_datetime
from .trace import depend

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
SAFE_ADDRESS = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9_.-]*/)*(?:[A-Za-z0-9][A-Za-z0-9_-]*\.html)?")
EXPECTED: dict[str, type] = {
    "collections": dict,
    "redirects": dict,
    "navigation": list,
    "title": str,
    "url": str,
    "layout": str,
}


# Pages that every site has: where the folder has none of its own, these.
STANDARD_PAGES = [
    Page("404", "404.html", {"title": "Page not found", "layout": "404.html", "navigation": False}, "", "404"),
    Page(
        "search",
        "search.html",
        {"title": "Search", "layout": "search.html", "navigation": False},
        "",
        "search",
    ),
]


KINDS: dict[type, str] = {dict: "names with values", list: "a list", str: "text"}


class Site(ABC):
    """A folder with its pages and data read. `broken` holds the errors of single pages by slug."""

    def __init__(
        self,
        folder: Folder,
        options: Options | None = None,
        now: datetime | None = None,
        hashed: bool = False,
    ) -> None:
        self.options = options or Options()
        self.now = now or build_time()
        self.folder = folder
        self.assets = Assets(self.folder, hashed)
        self.settings = {**DEFAULTS, **self._checked_settings()}
        if self.options.url:
            self.settings["url"] = self.options.url
        self.url: str = self.settings["url"].rstrip("/")
        self.data, self.data_problems = read_data(self.folder)
        written, self.broken = read_pages(self.folder)
        self.drafts = [page for page in written if page.metadata.get("draft")]
        self.future = [page for page in written if page.date and page.date > self.now]
        self.written = self._without_left_out(written)
        self.written += [page for page in STANDARD_PAGES if not self._has(page)]
        self.pages = [part for page in self.written for part in self._parts(page)]
        self.by_slug = {page.slug: page for page in reversed(self.pages)}
        self.by_source = {page.source: page for page in reversed(self.pages)}
        self.redirects = self._read_redirects()
        self.problems: list[SiteError] = [
            *self.folder.problems,
            *self.data_problems,
            *self.broken.values(),
            *self._duplicate_addresses(),
        ]
        self._fingerprints: dict[str, str] = {}

    def _checked_settings(self) -> dict[str, Any]:
        written = read_settings(self.folder)
        settings = {key: value for key, value in written.items() if value is not None}
        for name in EXPECTED.keys() & settings.keys():
            if not isinstance(settings[name], EXPECTED[name]):
                kind = KINDS[EXPECTED[name]]
                raise SiteError(self.folder.place("site.yaml"), f"“{name}” must be {kind}")
        return settings

    def _without_left_out(self, pages: list[Page]) -> list[Page]:
        left_out = [] if self.options.drafts else self.drafts
        left_out = left_out + ([] if self.options.future else self.future)
        return [page for page in pages if page not in left_out]

    def _has(self, standard: Page) -> bool:
        return standard.slug in self.broken or any(page.slug == standard.slug for page in self.written)

    @cached_property
    def next_due(self) -> datetime | None:
        """The next moment at which a page's date comes, if any."""
        return min((page.date for page in self.future if page.date), default=None)

    @abstractmethod
    def content_of(self, page: Page) -> SafeString:
        """Return the HTML of a page without its layout."""

    @abstractmethod
    def first_paragraph_of(self, page: Page) -> str:
        """Return the first paragraph of a page as text."""

    # Parts: a page that lists a collection or the tags has an address for each part of the list.

    def _parts(self, page: Page) -> Iterator[Page]:
        yield page
        prefix = "" if page.slug == "index" else page.slug + "/"
        if page.metadata.get("each") == "tags":
            for tag in self.tags:
                yield page.part(prefix + tag_slug(tag), tag=tag)
        elif name := page.metadata.get("paginate"):
            for number in range(2, self._parts_of(name, page) + 1):
                yield page.part(f"{prefix}page/{number}", number=number)

    def _parts_of(self, name: str, page: Page) -> int:
        per_page: int = page.metadata.get("per_page", 10)
        return max(1, -(-len(self.collections.get(name, ())) // per_page))

    def _duplicate_addresses(self) -> Iterator[SiteError]:
        for page in self.pages:
            winner = self.by_slug[page.slug]
            if winner is not page:
                others = self.folder.place(winner.source)
                yield SiteError(self.folder.place(page.source), f"has the address {page.url}, as {others} has")
        taken = {page.url for page in self.pages}
        for old in self.redirects:
            if not SAFE_ADDRESS.fullmatch(old) or ".." in old:
                yield SiteError(
                    self.folder.place("site.yaml"), f"the redirect {old!r} must look like “/old/address/”"
                )
            elif old in taken:
                yield SiteError(self.folder.place("site.yaml"), f"{old} is a redirect and a page")

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
        for name, pages in collections.items():
            self._sort(pages, self.collection_settings(name).get("sort"))
        return collections

    @cached_property
    def tags(self) -> dict[str, list[Page]]:
        """The pages of each tag, newest first."""
        tags: dict[str, list[Page]] = {}
        for page in self.written:
            for tag in page.tags:
                tags.setdefault(str(tag), []).append(page)
        for pages in tags.values():
            self._sort(pages, None)
        return dict(sorted(tags.items()))

    def collection_settings(self, name: str) -> dict[str, Any]:
        return self.settings["collections"].get(name) or {}

    def _sort(self, pages: list[Page], key: str | None) -> None:
        key = key or ("-date" if any(page.date for page in pages) else "order")
        name = key.lstrip("-")
        pages.sort(key=lambda page: (page.title, page.slug))
        sorted_pages = sorted(
            (page for page in pages if sort_value(page, name) is not None),
            key=lambda page: sort_value(page, name),
            reverse=key.startswith("-"),
        )
        pages[:] = sorted_pages + [page for page in pages if sort_value(page, name) is None]

    def paginator(self, page: Page) -> "Paginator | None":
        """Return the part of a list that `page` shows, or None for a page that lists nothing."""
        if page.metadata.get("each") == "tags":
            depend("tag", page.tag) if page.tag else depend("tags")
            return Paginator(self, page, self.tags[page.tag], 1) if page.tag else None
        if name := page.metadata.get("paginate"):
            depend("collection", name)
            return Paginator(self, page, self.collections.get(name, []), self._parts_of(name, page))
        return None

    def neighbours(self, page: Page) -> tuple[Page | None, Page | None]:
        """Return the pages before and after `page` in its collection."""
        pages = self.collections.get(page.collection, [])
        if page not in pages:
            return None, None
        place = pages.index(page)
        before = pages[place - 1] if place else None
        return before, pages[place + 1] if place + 1 < len(pages) else None

    @cached_property
    def feeds(self) -> dict[str, str]:
        """The addresses of the Atom feeds, one for each collection with dates, by its name."""
        return {
            name: f"/{name}/feed.xml"
            for name, pages in sorted(self.collections.items())
            if any(page.date for page in pages) and self.collection_settings(name).get("feed", True)
        }

    # Navigation

    @cached_property
    def children(self) -> dict[str, list[Page]]:
        """The pages below each page, by its slug: what a navigation shows."""
        children: dict[str, list[Page]] = {}
        for page in self.written:
            if page.slug not in ("index", "404") and page.metadata.get("navigation", not page.date):
                children.setdefault(page.parent_slug, []).append(page)
        for pages in children.values():
            pages.sort(key=lambda page: (page.order, page.title, page.slug))
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

    # Fingerprints: what the names in a trace stand for now.

    def fingerprint(self, name: str) -> str:
        """Return a short text that changes when what `name` stands for in a trace does."""
        if name not in self._fingerprints:
            kind, _, rest = name.partition(":")
            self._fingerprints[name] = digest(repr(self._current(kind, rest)))
        return self._fingerprints[name]

    def _current(self, kind: str, name: str) -> object:
        match kind:
            case "setting":
                return self.settings.get(name)
            case "data":
                return self.data.get(name)
            case "datas":
                return sorted(self.data)
            case "collection":
                return described(self.collections.get(name, ()))
            case "collections":
                return sorted(self.collections)
            case "tag":
                return described(self.tags.get(name, ()))
            case "tags":
                return [(tag, len(pages)) for tag, pages in self.tags.items()]
            case "pages":
                return described(self.pages)
            case "navigation":
                return described(self.children.get(name, ()) if name else self.top_pages())
            case "breadcrumbs":
                return described(self.breadcrumbs(self.by_slug[name])) if name in self.by_slug else None
            case "neighbours":
                page = self.by_slug.get(name)
                return page and described(filter(None, self.neighbours(page)))
            case "content":
                return self.by_slug[name].digest if name in self.by_slug else None
            case "url":
                return self.by_slug[name].url if name in self.by_slug else None
            case "source":
                return self.by_source[name].url if name in self.by_source else None
            case "template":
                return self.folder.layouts.get(name) and self.folder.read(self.folder.layouts[name])
            case "asset":
                return self.assets.describe(name)
            case "feeds":
                return self.feeds
            case "variants":
                return self.assets.variants(name)
            case "now":
                return self.format_now(name)
        raise LookupError(kind)

    def format_now(self, pattern: str) -> str:
        """Return the moment of the build in Django's date format."""
        from django.template.defaultfilters import date

        depend("now", pattern)
        return date(self.now, pattern)


def described(pages: Iterable[Page]) -> list[str]:
    return [page.described() for page in pages]


def sort_value(page: Page, name: str) -> Any:
    """Return what a collection is sorted by, numbers before text, or None where the page has none."""
    value = getattr(page, name) if name in ("date", "order", "title", "slug") else page.metadata.get(name)
    if value is None or name == "date":
        return value
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, str(value))


def tag_slug(tag: str) -> str:
    from django.utils.text import slugify

    return slugify(tag) or digest(tag)


class Paginator:
    """One part of a list of pages, and the way to the others."""

    def __init__(self, site: Site, page: Page, pages: Sequence[Page], count: int) -> None:
        per_page = page.metadata.get("per_page", 10) if count > 1 or page.tag is None else len(pages)
        start = (page.number - 1) * per_page
        self.items = [PageView(site, item) for item in pages[start : start + per_page]]
        self.number, self.count, self.total = page.number, count, len(pages)
        home = page.slug.removesuffix(f"/page/{page.number}").removesuffix(f"page/{page.number}")
        prefix = "/" if home in ("", "index") else f"/{home}/"
        self.previous_url = {1: None, 2: prefix}.get(page.number, f"{prefix}page/{page.number - 1}/")
        self.next_url = f"{prefix}page/{page.number + 1}/" if page.number < count else None


class PageView:
    """A page as templates see it; whatever they use is added to the trace."""

    def __init__(self, site: Site, page: Page) -> None:
        self._site, self._page = site, page

    def __getitem__(self, name: str) -> Any:
        return self._page.metadata[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PageView) and self._page.slug == other._page.slug

    def __hash__(self) -> int:
        return hash(self._page.slug)

    def __str__(self) -> str:
        return self._page.title

    @property
    def slug(self) -> str:
        return self._page.slug

    @property
    def url(self) -> str:
        return self._page.url

    @property
    def title(self) -> str:
        return self._page.title

    @property
    def date(self) -> datetime | None:
        return self._page.date

    @property
    def updated(self) -> datetime | None:
        value = self._page.metadata.get("updated")
        return to_datetime(value) if value else self._page.date

    @property
    def tags(self) -> tuple[str, ...]:
        return self._page.tags

    @property
    def collection(self) -> str:
        return self._page.collection

    @property
    def content(self) -> SafeString:
        depend("content", self.slug)
        return self._site.content_of(self._page)

    @property
    def summary(self) -> str:
        """The description, or the first paragraph."""
        if description := self._page.metadata.get("description"):
            return str(description)
        depend("content", self.slug)
        return self._site.first_paragraph_of(self._page)

    @property
    def breadcrumbs(self) -> list["PageView"]:
        depend("breadcrumbs", self.slug)
        return self._views(self._site.breadcrumbs(self._page))

    @property
    def children(self) -> list["PageView"]:
        depend("navigation", self.slug)
        return self._views(self._site.children.get(self.slug, ()))

    @property
    def section(self) -> str:
        """The first part of the address, which tells what part of the site a page belongs to."""
        return self.slug.partition("/")[0]

    @property
    def previous(self) -> "PageView | None":
        return self._neighbour(0)

    @property
    def next(self) -> "PageView | None":
        return self._neighbour(1)

    def _neighbour(self, which: int) -> "PageView | None":
        depend("neighbours", self.slug)
        page = self._site.neighbours(self._page)[which]
        return PageView(self._site, page) if page else None

    def _views(self, pages: Iterable[Page]) -> list["PageView"]:
        return [PageView(self._site, page) for page in pages]


class TrackedMapping:
    """Values by name; the ones that a page uses are added to its trace."""

    def __init__(
        self, kind: str, values: Mapping[str, Any], view: Callable[[Any], Any] = lambda value: value
    ) -> None:
        self._kind, self._values, self._view = kind, values, view

    def __getitem__(self, name: str) -> Any:
        depend(self._kind, name)
        return self._view(self._values[name])

    def __iter__(self) -> Iterator[str]:
        depend(f"{self._kind}s")
        return iter(self._values)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def items(self) -> list[tuple[str, Any]]:
        return [(name, self[name]) for name in self]


class SiteView:
    """The site as templates see it: `site.title`, `site.data`, `site.collections.blog` …"""

    def __init__(self, site: Site) -> None:
        self._site = site

    def __getitem__(self, name: str) -> Any:
        if name in ("collections", "navigation", "redirects"):
            raise KeyError(name)
        depend("setting", name)
        return self._site.settings[name]

    @property
    def data(self) -> TrackedMapping:
        return TrackedMapping("data", self._site.data)

    @property
    def collections(self) -> TrackedMapping:
        return TrackedMapping("collection", self._site.collections, self._views)

    @property
    def tags(self) -> TrackedMapping:
        return TrackedMapping("tag", self._site.tags, self._views)

    @property
    def pages(self) -> list[PageView]:
        depend("pages")
        return self._views(self._site.pages)

    @property
    def feeds(self) -> dict[str, str]:
        depend("feeds")
        return self._site.feeds

    @property
    def navigation(self) -> list[PageView]:
        depend("navigation")
        return self._views(self._site.top_pages())

    def _views(self, pages: Iterable[Page]) -> list[PageView]:
        return [PageView(self._site, page) for page in pages]
