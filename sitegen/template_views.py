"""The site and its pages as templates see them; whatever they use is added to the trace."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.utils.safestring import SafeString

from .navigation import Entry
from .pages import Page
from .site import Site
from .summaries import Heading
from .trace import depend


class PageView:
    """A page: `page.title`, `page.children` … and every name of its front matter."""

    OWN = {"slug", "url", "title", "date", "updated", "tags", "collection", "section", "order"}

    def __init__(self, site: Site, page: Page) -> None:
        self._site, self._page = site, page

    def __getitem__(self, name: str) -> Any:
        return getattr(self._page, name) if name in self.OWN else self._page.metadata[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PageView) and self._page is other._page

    def __hash__(self) -> int:
        return hash(self._page)

    def __str__(self) -> str:
        return self._page.title

    @property
    def content(self) -> SafeString:
        depend("content", self._page.slug)
        return self._site.content_of(self._page)

    @property
    def summary(self) -> str:
        depend("content", self._page.slug)
        return self._site.summary_of(self._page)

    @property
    def description(self) -> str:
        return str(self._page.metadata.get("description") or self.summary)

    @property
    def toc(self) -> list["Heading"]:
        depend("content", self._page.slug)
        return self._site.contents_of(self._page)

    @property
    def breadcrumbs(self) -> list["PageView"]:
        depend("breadcrumbs", self._page.slug)
        return views(self._site, self._site.breadcrumbs(self._page))

    @property
    def children(self) -> list["PageView"]:
        depend("navigation", self._page.slug)
        return views(self._site, self._site.children.get(self._page.slug, ()))

    @property
    def previous(self) -> "PageView | None":
        return self._neighbour(0)

    @property
    def next(self) -> "PageView | None":
        return self._neighbour(1)

    def _neighbour(self, which: int) -> "PageView | None":
        depend("neighbours", self._page.slug)
        page = self._site.neighbours(self._page)[which]
        return PageView(self._site, page) if page else None


class EntryView:
    """An entry of the navigation: the page it leads to, with the title and the children of the entry."""

    def __init__(self, site: Site, entry: Entry) -> None:
        self._site, self._entry = site, entry
        self.title, self.url, self.page = entry.title, entry.url, entry.page and PageView(site, entry.page)
        self.section = entry.page and entry.page.section
        self.slug = entry.page and entry.page.slug

    @property
    def children(self) -> "list[EntryView] | list[PageView]":
        """The entries of a group, or, where site.yaml lists none, the pages below the page."""
        if self._site.settings["navigation"] is None and self.page:
            return self.page.children
        return [EntryView(self._site, child) for child in self._entry.children]

    def __getitem__(self, name: str) -> Any:
        return (
            self.page[name]
            if self.page and not hasattr(type(self), name) and name not in vars(self)
            else getattr(self, name)
        )

    def __str__(self) -> str:
        return self.title


class TrackedMapping:
    """Values by name. A page that uses one of them, or their names, depends on it."""

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
    """The site: `site.title` and other settings, `site.data`, `site.collections.blog` …"""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.data = TrackedMapping("data", site.data)
        self.collections = TrackedMapping("collection", site.collections, self._views)
        self.tags = TrackedMapping("tag", site.tags, self._views)

    def __getitem__(self, name: str) -> Any:
        if name in ("collections", "navigation", "redirects"):
            raise KeyError(name)
        depend("setting", name)
        if name == "description":
            depend("content", "index")
            return self._site.description
        return self._site.settings[name]

    @property
    def pages(self) -> list[PageView]:
        depend("pages")
        return self._views(self._site.pages)

    @property
    def feeds(self) -> dict[str, str]:
        depend("feeds")
        return self._site.feeds

    @property
    def tree(self) -> list[EntryView]:
        """The navigation, where site.yaml has groups in it."""
        return self.navigation if any(entry.children for entry in self._site.navigation) else []

    @property
    def navigation(self) -> list[EntryView]:
        depend("navigation")
        return [EntryView(self._site, entry) for entry in self._site.navigation]

    def _views(self, pages: Iterable[Page]) -> list[PageView]:
        return views(self._site, pages)


class Paginator:
    """One part of the list of pages that a page shows, and the addresses of the parts before and after."""

    def __init__(self, site: Site, page: Page, listed: list[Page], count: int, per_page: int) -> None:
        start = (page.number - 1) * per_page
        self.items = views(site, listed[start : start + per_page])
        self.number, self.count, self.total = page.number, count, len(listed)
        home = page.slug.removesuffix(f"/page/{page.number}").removesuffix(f"page/{page.number}")
        first = "/" if home in ("", "index") else f"/{home}/"
        self.previous_url = {1: None, 2: first}.get(page.number, f"{first}page/{page.number - 1}/")
        self.next_url = f"{first}page/{page.number + 1}/" if page.number < count else None


def views(site: Site, pages: Iterable[Page]) -> list[PageView]:
    return [PageView(site, page) for page in pages]


def paginator(site: Site, page: Page) -> Paginator | None:
    """Return the Paginator of a page that lists something, None for any other."""
    if page.metadata.get("each") == "tags":
        depend("tag", page.tag) if page.tag else depend("tags")
        listed = site.tags[page.tag] if page.tag else None
        return Paginator(site, page, listed, 1, len(listed)) if listed else None
    if name := page.metadata.get("paginate"):
        depend("collection", name)
        return Paginator(site, page, site.collections.get(name, []), site.count_parts(page), page.per_page)
    return None
