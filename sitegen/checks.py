"""Checks of a built site: broken links, missing anchors, orphaned pages …"""

import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Any

from .document import Facts
from .errors import Problem
from .fields import FIELDS
from .folder import line_with
from .pages import Page
from .redirects import wrong_redirects
from .site import STANDARD_PAGES, Site
from .trace import BRACES_AS_TEXT


def check_site(site: Site, facts: dict[str, Facts], files: Iterable[str]) -> list[Problem]:
    """Return the Problems of the built site, each once.

    `facts` holds the facts of every page by slug, `files` the paths of all files.
    """
    addresses = {page.url: page.slug for page in site.pages if page.slug in facts}
    files = set(files)
    problems: dict[Problem, None] = dict.fromkeys([*site.warnings, *setting_problems(site, addresses, files)])
    for page in site.pages:
        if page.slug not in facts:
            continue
        for needle, warning in facts[page.slug]["warnings"]:
            problems.setdefault(place(site, page, needle, warning))
        for address, fragment, reference in facts[page.slug]["links"]:
            if reason := broken(address, fragment, reference, addresses, facts, files):
                problems.setdefault(place(site, page, reference, reason))
    for problem in [*unknown(site, facts), *orphans(site, facts), *unpublished(site), *clashes(site)]:
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
        yield Problem(site.folder.place(path), None, "is not published: files of this kind are in public/ only")
    if (site.folder.root / "_posts").is_dir():
        reason = "is not published, as no name that begins with “_” is: call it “posts”"
        yield Problem(site.folder.place("_posts"), None, reason)


def setting_problems(site: Site, addresses: dict[str, str], files: Container[str]) -> Iterator[Problem]:
    """Yield the Problems of the navigation and the redirects."""
    for name in site.unknown_entries:
        yield site.setting_warning(f"the navigation has “{name}”, which is no page", name)
    for old, reason in wrong_redirects(
        site.redirects, lambda at: broken(at, "", "", addresses, {}, files) is None
    ):
        yield site.setting_warning(reason, old)


def unknown(site: Site, facts: dict[str, Facts]) -> Iterator[Problem]:
    """Yield a Problem for each variable that is not there.

    A layout may show what only some pages have, and a list of pages or of data what only some of its items have.
    """
    of_pages = {name for page in site.pages for name in page.metadata} | FIELDS.keys()
    anywhere = {*of_pages, *names_in([site.data, site.settings, *(page.metadata for page in site.pages)])}
    for page in site.pages:
        own = site.folder.place(page.source)
        for file, text, name, is_attribute in facts[page.slug]["unknown"] if page.slug in facts else ():
            if name not in anywhere | {"0"} if is_attribute else file == own or name not in of_pages:
                tag = re.compile(r"\{[{%][^}]*" + re.escape(text))
                lines = enumerate(Path(file).read_text().splitlines(), 1)
                line = next((number for number, line in lines if tag.search(line)), 1)
                yield Problem(file, line, f"there is no “{text}” to show ({BRACES_AS_TEXT})")


def names_in(value: Any) -> Iterator[str]:
    """Yield all names in nested data."""
    if isinstance(value, dict):
        yield from map(str, value)
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from names_in(each)


def clashes(site: Site) -> Iterator[Problem]:
    """Yield a Problem for addresses that are one on hosts and disks that do not tell case."""
    by_folded: dict[str, Page] = {}
    for page in site.pages:
        other = by_folded.setdefault(page.url.casefold(), page)
        if other.url != page.url:
            reason = f"{page.url} and {other.url} differ in case only, which some hosts do not tell apart"
            yield Problem(site.folder.place(page.source), None, reason)


def place(site: Site, page: Page, needle: str, reason: str) -> Problem:
    """Return the Problem with the line of the page's file, or of one of the layouts, that has `needle`."""
    own = page.source if page.source in site.folder.files else None
    for path in [own, *site.folder.layouts.values()]:
        if path and needle and (line := line_with(site.folder.read_text(path), needle.lower())):
            return Problem(site.folder.place(path), line, reason)
    return Problem(site.folder.place(page.source), 1 if own else None, reason)
