"""Checks of a built site: broken links, missing anchors, orphaned pages …"""

import re
from collections.abc import Container, Iterator

from .document import Facts
from .errors import Problem
from .pages import Page, line_of
from .site import STANDARD_PAGES, Site


def check_site(site: Site, facts: dict[str, Facts], files: Container[str]) -> list[Problem]:
    """Return the Problems of the built site, each once.

    `facts` holds the facts of every page by slug, `files` the paths of all files.
    """
    addresses = {page.url: page.slug for page in site.pages if page.slug in facts}
    problems: dict[Problem, None] = {}
    for page in site.pages:
        if page.slug not in facts:
            continue
        for needle, warning in facts[page.slug]["warnings"]:
            problems.setdefault(place(site, page, needle, warning))
        for address, fragment, reference in facts[page.slug]["links"]:
            if reason := broken(address, fragment, reference, addresses, facts, files):
                problems.setdefault(place(site, page, reference, reason))
    for problem in [*orphans(site, facts), *unpublished(site)]:
        problems.setdefault(problem)
    return list(problems)


def broken(
    address: str,
    fragment: str,
    reference: str,
    addresses: dict[str, str],
    facts: dict[str, Facts],
    files: Container[str],
) -> str | None:
    """Return why a reference leads nowhere, or None."""
    address = address.removesuffix("index.html") if address.endswith("/index.html") else address
    slug = addresses.get(address) or addresses.get(address + "/")
    if slug is None:
        path = address.strip("/")
        if path in files or f"{path}/index.html".lstrip("/") in files:
            return None
        return f"broken link “{reference}”"
    if fragment and fragment != "top" and fragment not in facts[slug]["ids"]:
        return f"broken link “{reference}”: {address} has no “#{fragment}”"
    return None


def orphans(site: Site, facts: dict[str, Facts]) -> Iterator[Problem]:
    """Yield a Problem for each page that no other page links to, once the links of all pages are known."""
    if any(page.slug not in facts for page in site.pages):
        return
    linked = {address for slug in facts for address, _, _ in facts[slug]["links"] if address != url_of(site, slug)}
    # The home page and those that come with sitegen are found in other ways.
    exempt = {"index", "404", *(page.slug for page in STANDARD_PAGES)}
    for page in site.pages:
        if page.slug in facts and page.slug not in exempt and page.url not in linked:
            yield Problem(site.folder.place(page.source), None, f"no page links to {page.url}")


def url_of(site: Site, slug: str) -> str | None:
    return site.by_slug[slug].url if slug in site.by_slug else None


def unpublished(site: Site) -> Iterator[Problem]:
    for path in site.folder.unpublished:
        yield Problem(site.folder.place(path), None, "is not published: files of this kind never are")


def place(site: Site, page: Page, needle: str, reason: str) -> Problem:
    """Return the Problem with the line of the page's file, or of one of the layouts, that has `needle`."""
    own = page.source if page.source in site.folder.files else None
    for path in [own, *site.folder.layouts.values()]:
        if path and needle and (line := line_with(needle, site.folder.read_text(path))):
            return Problem(site.folder.place(path), line, reason)
    return Problem(site.folder.place(page.source), 1 if own else None, reason)


def line_with(needle: str, text: str) -> int | None:
    return line_of(re.escape(needle), text)
