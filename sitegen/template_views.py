"""The site and its pages as templates see them; whatever they use is added to the trace."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .navigation import Entry
from .pages import Page
from .site import Site
from .trace import depend


class PageView:
    """A page: `page.title`, `page.children` … and every name of its front matter."""

    OWN = {"slug", "url", "title", "date", "updated", "tags", "collection", "section", "order"}
    # What is found out for a template, with the kind that stands for it in the trace.
    FOUND: dict[str, tuple[str, Callable[[Site, Page], Any]]] = {
        "content": ("content", lambda site, page: site.content_of(page)),
        "summary": ("content", lambda site, page: site.summary_of(page)),
        "description": ("content", lambda site, page: site.summary_of(page)),
        "toc": ("content", lambda site, page: site.contents_of(page)),
        "breadcrumbs": ("breadcrumbs", lambda site, page: views(site, site.breadcrumbs(page))),
        "children": ("navigation", lambda site, page: views(site, site.children.get(page.slug, ()))),
        "previous": ("neighbours", lambda site, page: view(site, site.neighbours(page)[0])),
        "next": ("neighbours", lambda site, page: view(site, site.neighbours(page)[1])),
    }

    def __init__(self, site: Site, page: Page) -> None:
        self._site, self._page = site, page

    def __getitem__(self, name: str) -> Any:
        if name in self.FOUND:
            kind, find = self.FOUND[name]
            depend(kind, self._page.slug)
            return find(self._site, self._page)
        return getattr(self._page, name) if name in self.OWN else self._page.metadata[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PageView) and self._page is other._page

    def __hash__(self) -> int:
        return hash(self._page)

    def __str__(self) -> str:
        return self._page.title


class EntryView:
    """An entry of the navigation: the page it leads to, with the title and the children of the entry."""

    def __init__(self, site: Site, entry: Entry) -> None:
        self.page = view(site, entry.page)
        is_written = site.settings["navigation"] is not None
        self._own = {
            "title": entry.title,
            "url": entry.url,
            # Where site.yaml lists none, the pages below the page.
            **({"children": [EntryView(site, child) for child in entry.children]} if is_written else {}),
        }

    def __getitem__(self, name: str) -> Any:
        if name in self._own or not self.page:
            return self._own[name]
        return self.page[name]

    def __str__(self) -> str:
        return str(self._own["title"])


class TrackedMapping:
    """Values by name. A page that uses one of them, or their names, depends on it."""

    def __init__(
        self, kind: str, values: Mapping[str, Any], show: Callable[[Any], Any] = lambda value: value
    ) -> None:
        self._kind, self._values, self._show = kind, values, show

    def __getitem__(self, name: str) -> Any:
        depend(self._kind, name)
        return self._show(self._values[name])

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
        self.collections = TrackedMapping("collection", site.collections, lambda pages: views(site, pages))
        self.tags = TrackedMapping("tag", site.tags, lambda pages: views(site, pages))

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
        return views(self._site, self._site.pages)

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


def views(site: Site, pages: Iterable[Page]) -> list[PageView]:
    return [PageView(site, page) for page in pages]


def view(site: Site, page: Page | None) -> PageView | None:
    return PageView(site, page) if page else None
