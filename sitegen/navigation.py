"""The navigation that site.yaml lists: pages, other sites and groups of them, as in MkDocs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .pages import Page


@dataclass(frozen=True)
class Entry:
    """A link of the navigation, or a group; a group has the address of its first page."""

    title: str
    url: str
    page: Page | None = None
    children: list["Entry"] = field(default_factory=list)


def read_navigation(pages: Mapping[str, Page], items: list[Any]) -> tuple[list[Entry], list[str]]:
    """Return the entries that a list describes, and the names in it that no page has."""
    entries, unknown = [], []
    for title, target in map(title_and_target, items):
        if isinstance(target, list):
            children, missing = read_navigation(pages, target)
            unknown += missing
            if children:
                entries.append(Entry(title or children[0].title, children[0].url, children[0].page, children))
        elif "://" in target or target.startswith(("mailto:", "#")):
            entries.append(Entry(title or target, target))
        elif page := find_page(pages, target):
            entries.append(Entry(title or page.title, page.url, page))
        else:
            unknown.append(target)
    return entries, unknown


def title_and_target(item: Any) -> tuple[str | None, Any]:
    """Return the title of an item, if it has one, and its page or list: `about`, `About: about.md`, `Guide: […]`."""
    title, target = next(iter(item.items()), ("", "")) if isinstance(item, dict) else (None, item)
    return title and str(title), target if isinstance(target, list) else str(target)


def find_page(pages: Mapping[str, Page], name: str) -> Page | None:
    """Return the page with this file or address; `pages` has them by both."""
    address = name.strip("/").removesuffix("index.html").rstrip("/") or "index"
    return pages.get(name.removeprefix("./").lstrip("/")) or pages.get(address)
