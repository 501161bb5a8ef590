"""The pages of a folder and their addresses."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache
from posixpath import dirname
from typing import Any
from urllib.parse import unquote

from .errors import SiteError
from .fields import to_list
from .folder import Folder, is_index, is_page, line_with
from .pages import Page, parse_page
from .slugs import DATED_NAME, clean, clean_path

PATTERN_NAME = re.compile(r":(\w+)")
NO_ADDRESS = re.compile(r"\.(?:xml|txt|json|css|js|php|aspx?)$|[?#\\\x00-\x1f]")
WRITTEN_AS = ("permalink", "url", "path", "slug")
MAX_PART = 200


def read_pages(folder: Folder, settings: dict[str, Any], zone: tzinfo) -> tuple[list[Page], dict[str, SiteError]]:
    """Return the pages, and the SiteErrors of those that cannot be read by their slugs."""
    pages: list[Page] = []
    broken: dict[str, SiteError] = {}
    paths, kind = list(filter(is_page, folder.files)), settings["slugs"]
    lists = lists_of(paths)
    patterns = {name: (each or {}).get("permalink") for name, each in settings["collections"].items()}
    for path in paths:
        pattern = next((patterns[name] for name in reversed(lists[path]) if patterns.get(name)), None)
        try:
            given = folder.read_text(path), path, folder.place(path), folder.digest(path)
            pages.append(read_page(*given, lists[path], zone, kind, pattern))
        except SiteError as error:
            broken[clean_path(path, kind)] = error
    return pages, broken


@lru_cache(maxsize=20_000)  # the preview reads the folder anew for every request
def read_page(
    source: str,
    path: str,
    file: str,
    fingerprint: str,
    lists: tuple[str, ...],
    zone: tzinfo,
    kind: str,
    pattern: str | None,
) -> Page:
    """Return a page with its address. Raises SiteError."""
    page = parse_page(source, path, file, fingerprint, lists, zone)
    try:
        return replace(page, slug=address_of(page, pattern, kind))
    except ValueError as error:
        raise SiteError(file, str(error), line_with(source, *WRITTEN_AS)) from None


def lists_of(paths: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the collections of each page: its folders, of which an index is not in its own.

    An index with no page below is one of the pages of the folder above, together with its own files.
    """
    with_pages = {folder for path in paths if not is_index(path) for folder in ancestors(dirname(path))}
    with_pages |= {folder for path in paths if is_index(path) for folder in ancestors(dirname(dirname(path)))}
    lists = {}
    for path in paths:
        folders = ancestors(dirname(path))
        is_section = is_index(path) and (dirname(path) in with_pages or path.rpartition("/")[2].startswith("_"))
        lists[path] = () if is_section else tuple(folders[:-1] if is_index(path) else folders)
    return lists


def ancestors(folder: str) -> list[str]:
    """Return the folder and those it is in, the outermost first."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def address_of(page: Page, pattern: str | None, kind: str) -> str:
    """Return the address of a page without its outer slashes: as its permalink says, its collection's, its path.

    Raises ValueError for one that cannot be an address.
    """
    slug = clean_path(page.source, kind)
    if given := page.metadata.get("slug"):
        slug = "/".join([*slug.split("/")[:-1], clean(given.strip("/").replace("/", "-"), kind)])
    pattern = page.metadata.get("permalink") or pattern
    if isinstance(pattern, str):
        slug = expanded(pattern, page, slug, kind)
    if not slug:
        raise ValueError("has no letter or digit that an address could be made of")
    if any(part in ("", ".", "..") for part in slug.split("/")) or NO_ADDRESS.search(slug):
        raise ValueError(f"can't be at “{slug}”: an address ends in “/” or “.html”, without “..”, “?” and “#”")
    if longest := max((size for part in slug.split("/") if (size := len(part.encode())) > MAX_PART), default=0):
        raise ValueError(f"a page's address may have {MAX_PART} bytes between two slashes, this has {longest}")
    return slug


def expanded(pattern: str, page: Page, slug: str, kind: str) -> str:
    """Return the address that a pattern such as `/:year/:month/:slug/` gives a page."""
    name = slug.rpartition("/")[2]
    values = {
        "slug": name,
        # Jekyll's files have dates in their names, and its titles are their names.
        "title": name if DATED_NAME.match(page.source.rpartition("/")[2]) else clean(page.title.lower(), kind),
        "categories": "/".join(clean(each, kind) for each in to_list(page.metadata.get("categories"))),
        "filename": name,
        "name": name,
        "section": slug.partition("/")[0] if "/" in slug else "",
        "path": slug,
    }
    if page.date:
        values |= {"year": f"{page.date:%Y}", "month": f"{page.date:%m}", "day": f"{page.date:%d}"}

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            reason = "has no date for" if match[1] in ("year", "month", "day") else "knows no"
            raise ValueError(f"{reason} “{match[0]}” of the permalink “{pattern}”")
        return values[match[1]]

    address = re.sub("/+", "/", PATTERN_NAME.sub(value, unquote(pattern))).strip("/")
    return {"404.html": "404"}.get(address) or address.removesuffix("index.html").rstrip("/") or "index"
