"""The site: its settings, data, pages, collections, tags and navigation."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from .addresses import read_pages, tag_addresses
from .assets import Assets, plain_name
from .errors import SiteError
from .fields import ALIASES
from .folder import Folder, is_page, is_untouched
from .navigation import Entry, read_navigation
from .pages import Page
from .settings import Options, build_time, read_settings
from .summaries import Heading

# Where the folder has none of its own, these. No page needs to link to them.
STANDARD_PAGES = [
    Page("404", "404.html", {"title": "Page not found", "layout": "404.html", "navigation": False}),
    Page("search", "search.html", {"title": "Search", "layout": "search.html", "navigation": False}),
]
SITE_FEED = "/feed.xml"
TEXT_TYPES = (".css", ".js", ".html", ".yaml", ".yml", ".toml", ".json", ".csv")


class Site(ABC):
    """A folder with its pages and data read. `broken` holds the errors of single pages by slug.

    `hashed` gives assets the names of a built site. `problems` are the SiteErrors of all files, `everywhere` those
    that concern every page.
    """

    def __init__(
        self, folder: Folder, options: Options | None = None, now: datetime | None = None, hashed: bool = False
    ) -> None:
        self.folder, self.options = folder, options or Options()
        self.settings, self.warnings, setting_problems = read_settings(folder, self.options)
        self.zone, self.url, self.base = (self.settings[name] for name in ("time_zone", "origin", "base"))
        self.now = (now or build_time()).astimezone(self.zone)
        self.data, data_problems = folder.read_data()
        self.everywhere = [*folder.setting_problems, *setting_problems, *data_problems]
        self.found, self.broken = read_pages(folder, self.settings)
        self.left_out = self._left_out()
        self.written = [page for page in self.found if page not in self.left_out]
        self.assets = Assets(folder, hashed, self._withheld())
        taken = {page.slug for page in self.written} | self.broken.keys()
        self.written += [page for page in STANDARD_PAGES if page.slug not in taken]
        self.pages = [part for page in self.written for part in self._parts(page)]
        self.by_slug = {page.slug: page for page in reversed(self.pages)}
        self.by_source = {page.source: page for page in reversed(self.pages)}
        self.by_name = self.by_slug | self.by_source
        self.problems = [*folder.problems, *self.everywhere, *self.broken.values(), *self._conflicts()]
        self.fingerprints: dict[str, str] = {}

    # Drafts, and pages whose time has not come or is over

    def _left_out(self) -> dict[Page, str]:
        """Return the pages that are not published, with those that belong to one, and why."""
        reasons = {page: reason for page in self.found if (reason := self._reason_to_leave_out(page))}
        folders = {page.own_folder for page in reasons}
        if not self.options.drafts:
            folders |= {page.own_folder.lstrip("/") for page in self.found if page.hides_below}
        below = [page for page in self.found if page.source.startswith(tuple(folders - {"/"}))]
        return dict.fromkeys(below, "drafts") | reasons

    def _reason_to_leave_out(self, page: Page) -> str | None:
        if page.is_draft and not self.options.drafts:
            return "drafts"
        if page.due and page.due > self.now and not self.options.future:
            return "dated in the future"
        return "expired" if page.expires and page.expires <= self.now else None

    def _withheld(self) -> set[str]:
        """Return the files of pages that are not published: those in their folders, and those that only they name."""
        folders = tuple(page.own_folder for page in self.left_out if page.own_folder != "/")
        hidden = "\n".join(page.text + repr(page.metadata) for page in self.left_out)
        withheld = {path for path in self.folder.assets if folders and path.startswith(folders)}
        for path in self.folder.assets if self.left_out else ():
            name = path.rpartition("/")[2]
            if not is_untouched(path) and name in hidden and not any(name in text for text in self._shown_texts):
                withheld.add(path)
        return withheld

    @cached_property
    def _shown_texts(self) -> list[str]:
        others = [path for path in self.folder.files if path.endswith(TEXT_TYPES) and not is_page(path)]
        texts = [self.folder.read(path).decode(errors="replace") for path in others]
        return texts + [page.text + repr(page.metadata) for page in self.written]

    @property
    def next_due(self) -> datetime | None:
        """The next moment at which the time of a page comes or is over, if any."""
        moments = [moment for page in self.found for moment in (page.due, page.expires)]
        return min((moment for moment in moments if moment and moment > self.now), default=None)

    @abstractmethod
    def content_of(self, page: Page) -> SafeString:
        """Return the HTML of a page without its layout."""

    @abstractmethod
    def contents_of(self, page: Page) -> list[Heading]:
        """Return the headings of a page, nested."""

    @abstractmethod
    def summary_of(self, page: Page) -> str:
        """Return the description of a page, or its first paragraph as text."""

    @property
    def description(self) -> str:
        """The description of the site, or of its home page."""
        home = self.by_slug.get("index")
        return str(self.settings["description"]) or (self.summary_of(home) if home else "")

    # Parts: a page that lists a collection or the tags has an address for each part of the list.

    def _parts(self, page: Page) -> Iterator[Page]:
        yield page
        prefix = "" if page.slug == "index" else page.slug + "/"
        if page.metadata.get("each") == "tags":
            for tag, address in tag_addresses(self.tags).items():
                yield page.part(prefix + address, tag=tag)
        elif page.metadata.get("paginate"):
            for number in range(2, self.count_parts(page) + 1):
                yield page.part(f"{prefix}page/{number}", number=number)

    def count_parts(self, page: Page) -> int:
        """Return on how many pages the collection is listed that `page` lists."""
        return max(1, -(-len(self.collections.get(page.metadata["paginate"], ())) // page.per_page))

    def _conflicts(self) -> Iterator[SiteError]:
        """Yield an error for each page that cannot have its address."""
        for path in sorted(self.assets.hidden):
            other = self.assets.published[plain_name(path)]
            yield SiteError(self.folder.place(path), f"would be published where {other} is")
        for page in self.pages:
            winner = self.by_slug[page.slug]
            if winner is not page:
                reason = f"has the address {page.url}, as {self.folder.place(winner.source)} has"
                yield self.folder.error_at(page.source, reason, "permalink", "slug:")
            elif (asset := self.assets.published.get(page.file)) and page not in STANDARD_PAGES:
                yield SiteError(self.folder.place(asset), f"would be published where {page.source} is")

    # Collections

    @cached_property
    def collections(self) -> dict[str, list[Page]]:
        """The pages of each folder, in the order site.yaml asks for."""
        collections: dict[str, list[Page]] = {}
        for page in self.written:
            for name in page.collections:
                collections.setdefault(name, []).append(page)
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
        settings: dict[str, Any] = self.settings["collections"].get(name, {})
        return settings

    def neighbours(self, page: Page) -> tuple[Page | None, Page | None]:
        """Return the pages before and after `page` in its collection."""
        pages = self.collections.get(page.collection, [])
        if page not in pages:
            return None, None
        index = pages.index(page)
        return pages[index - 1] if index else None, pages[index + 1] if index + 1 < len(pages) else None

    @cached_property
    def feeds(self) -> dict[str, str]:
        """The addresses of the Atom feeds by their names: of the whole site, and of each collection with dates."""
        dated = {page.collections[0] for page in self.written if page.date and page.collections}
        names = sorted(name for name in dated if self.collection(name).get("feed", True))
        feeds = {name: f"/{name}/feed.xml" for name in names}
        if self.settings["feed"] and any(page.date for page in self.written):
            title = str(self.settings["title"])
            feeds[f"{title}: everything" if title in feeds else title] = SITE_FEED
        return feeds

    # Navigation

    @cached_property
    def children(self) -> dict[str, list[Page]]:
        """The pages below each page, by its slug: what a navigation shows."""
        children: dict[str, list[Page]] = {}
        for page in sorted(self.written, key=lambda page: (page.order, page.title, page.slug)):
            if page.slug not in ("index", "404") and page.metadata.get("navigation", not page.date):
                children.setdefault(page.parent_slug, []).append(page)
        return children

    @property
    def navigation(self) -> list[Entry]:
        """The entries of the main navigation: those of site.yaml, or the pages of the top level."""
        return self._navigation[0]

    @property
    def unknown_entries(self) -> list[str]:
        """The names in the navigation of site.yaml that no page has."""
        return self._navigation[1]

    @cached_property
    def _navigation(self) -> tuple[list[Entry], list[str]]:
        if self.settings["navigation"] is None:
            return [Entry(page.title, page.url, page) for page in self.children.get("index", [])], []
        return read_navigation(self.by_name, self.settings["navigation"])

    def breadcrumbs(self, page: Page) -> list[Page]:
        """Return the pages above `page`, the home page first."""
        crumbs: list[Page] = []
        slug = page.slug
        while slug != "index":
            slug = slug.rpartition("/")[0] or "index"
            if slug in self.by_slug:
                crumbs.insert(0, self.by_slug[slug])
        return crumbs


def in_order(pages: list[Page], key: str | None = None) -> list[Page]:
    """Return pages sorted by a name, backwards with `-` before it; pages without a value come last."""
    key = key or ("-date" if any(page.date for page in pages) else "order")
    name = ALIASES.get(key.lstrip("-"), key.lstrip("-"))
    pages = sorted(pages, key=lambda page: (page.title, page.slug))
    with_value = [page for page in pages if sort_value(page, name) is not None]
    with_value.sort(key=lambda page: sort_value(page, name), reverse=key.startswith("-"))
    return with_value + [page for page in pages if sort_value(page, name) is None]


def sort_value(page: Page, name: str) -> Any:
    """Return what a collection is sorted by, numbers before text, or None where the page has none."""
    value = getattr(page, name) if name in ("date", "title", "slug") else page.metadata.get(name)
    if value is None or isinstance(value, datetime):
        return value and (0, value.timestamp(), "")
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, str(value))
