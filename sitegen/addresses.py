"""The pages of a folder and their addresses, and names as parts of addresses."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache
from posixpath import dirname
from typing import Any, NamedTuple
from urllib.parse import unquote

from anyascii import anyascii

from .errors import SiteError
from .fields import convert_fields, to_list
from .folder import Folder, digest, is_index, is_page, line_with
from .metadata import line_at, split_page
from .pages import CONTROL_CHARACTER, Page

PATTERN_NAME = re.compile(r":(\w+)")
NO_ADDRESS = re.compile(r"\.(?:xml|txt|json|css|js|php|aspx?)$|[?#\\\x00-\x1f]")
WRITTEN_AS = ("permalink", "url", "path", "slug")
MAX_PART = 200
DATED_NAME = re.compile(r"\A(?P<date>\d{4}-\d\d-\d\d)[-_](?=[^.])")
# Signs that need escapes in addresses, that file systems refuse, or that cannot be seen.
UNREADABLE = re.compile(
    r"[\s\x00-\x2c\x3a-\x40\x5b-\x5e\x60\x7b-\xa0\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]+"
)


class Rules(NamedTuple):
    """What an address depends on besides the page's file: its collections, the time zone, and the site's settings."""

    collections: tuple[str, ...]
    zone: tzinfo
    kind: str
    pattern: str | None


def read_pages(folder: Folder, settings: dict[str, Any]) -> tuple[list[Page], dict[str, SiteError]]:
    """Return the pages, and the SiteErrors of those that cannot be read by their slugs."""
    pages: list[Page] = []
    broken: dict[str, SiteError] = {}
    paths, kind = list(filter(is_page, folder.files)), settings["slugs"]
    patterns = {name: each.get("permalink") for name, each in settings["collections"].items()}
    for path, lists in lists_of(paths).items():
        pattern = next((patterns[name] for name in reversed(lists) if patterns.get(name)), None)
        rules = Rules(lists, settings["time_zone"], kind, pattern)
        try:
            pages.append(read_page(folder.read_text(path), path, folder.place(path), rules))
        except SiteError as error:
            broken[clean_path(path, kind)] = error
    return pages, broken


@lru_cache(maxsize=20_000)  # the preview reads the folder anew for every request
def read_page(source: str, path: str, file: str, rules: Rules) -> Page:
    """Return a page with its address. Raises SiteError."""
    if match := CONTROL_CHARACTER.search(source):
        raise SiteError(file, f"has a control character, U+{ord(match[0]):04X}", line_at(source, match.start()))
    metadata, text = split_page(source, file)
    metadata = convert_fields(metadata, source, file, rules.zone)
    if not metadata.get("date") and (dated := DATED_NAME.match(path.rpartition("/")[2])):
        metadata |= convert_fields({"date": dated["date"]}, "", file, rules.zone)
    page = Page("", path, metadata, text, digest(source, path, str(rules.zone)), rules.collections)
    try:
        return replace(page, slug=address_of(page, rules))
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


def address_of(page: Page, rules: Rules) -> str:
    """Return the address of a page without its outer slashes: as its permalink says, its collection's, its path.

    Raises ValueError for one that cannot be an address.
    """
    slug, kind = clean_path(page.source, rules.kind), rules.kind
    if given := page.metadata.get("slug"):
        slug = "/".join([*slug.split("/")[:-1], clean(given.strip("/").replace("/", "-"), kind)])
    pattern = page.metadata.get("permalink") or rules.pattern
    if isinstance(pattern, str):
        slug = expanded(pattern, page, slug, kind)
    if not slug:
        raise ValueError("has no letter or digit that an address could be made of")
    if any(part in ("", ".", "..") for part in slug.split("/")) or NO_ADDRESS.search(slug):
        raise ValueError(f"can't be at “{slug}”: an address ends in “/” or “.html”, without “..”, “?” and “#”")
    if any(len(part.encode()) > MAX_PART for part in slug.split("/")):
        raise ValueError(f"a page's address may have {MAX_PART} bytes between two slashes")
    return slug


def expanded(pattern: str, page: Page, slug: str, kind: str) -> str:
    """Return the address that a pattern such as `/:year/:month/:slug/` gives a page."""
    name = slug.rpartition("/")[2]
    values = {
        **dict.fromkeys(("slug", "filename", "name"), name),
        # Jekyll's files have dates in their names, and its titles are their names.
        "title": name if DATED_NAME.match(page.source.rpartition("/")[2]) else clean(page.title.lower(), kind),
        "categories": "/".join(clean(each, kind) for each in to_list(page.metadata.get("categories"))),
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


def clean_path(path: str, kind: str) -> str:
    """Return the address that a path makes: `blog/Über uns.md` is `blog/Über-uns`."""
    *folders, name = path.rpartition(".")[0].split("/")
    if is_index(path):
        return "/".join(clean(folder, kind) for folder in folders) or "index"
    return "/".join(clean(part, kind) for part in [*folders, DATED_NAME.sub("", name) or name])


def clean(part: str, kind: str = "unicode") -> str:
    """Return part of an address without signs; with the `kind` “ascii” in Latin letters."""
    part = unicodedata.normalize("NFC", part).replace("'", "").replace("\u2019", "")
    part = anyascii(part) if kind == "ascii" else part
    return UNREADABLE.sub("-", part).strip("-") if UNREADABLE.search(part) else part


def tag_addresses(tags: Iterable[str]) -> dict[str, str]:
    """Return an address for each tag; those that differ in signs or case only have addresses of their own."""
    addresses: dict[str, str] = {}
    for tag in sorted(tags, key=lambda tag: (tag.lower(), tag.swapcase())):
        wanted = (
            clean(tag.lower().replace("+", "-plus").replace("#", "-sharp").replace("/", "-")).strip(".") or "tag"
        )
        address, number = wanted, 1
        while address in addresses.values():
            number += 1
            address = f"{wanted}-{number}"
        addresses[tag] = address
    return addresses
