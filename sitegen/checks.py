"""Checks of a built site: broken links, missing anchors, orphaned pages …"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from .document import Facts
from .errors import Problem
from .fields import FIELDS
from .folder import SETTINGS_FILE
from .pages import Page
from .redirects import wrong_redirects
from .render import RenderedSite
from .site import STANDARD_PAGES
from .trace import BRACES_AS_TEXT


def check_site(site: RenderedSite, facts: dict[str, Facts], files: Iterable[str]) -> list[Problem]:
    """Return the Problems of the built site, each once.

    `facts` holds the facts of every page by slug, `files` the paths of all files.
    """
    checks = Checks(site, facts, files)
    groups = checks.settings(), checks.links(), checks.unknown(), checks.orphans(), checks.files_and_names()
    return list(dict.fromkeys(chain(site.warnings, *groups)))


class Checks:
    def __init__(self, site: RenderedSite, facts: dict[str, Facts], files: Iterable[str]) -> None:
        self.site, self.facts, self.files = site, facts, set(files)
        self.pages = [page for page in site.pages if page.slug in facts]
        self.addresses = {page.url: page.slug for page in self.pages}

    def settings(self) -> Iterator[Problem]:
        """Yield the Problems of the navigation and the redirects."""
        unknown = ((f"the navigation has “{name}”, which is no page", name) for name in self.site.unknown_entries)
        wrong = wrong_redirects(self.site.redirects, self.leads_somewhere)
        for reason, needle in [*unknown, *wrong]:
            yield self.site.folder.error_at(SETTINGS_FILE, reason, needle).problem

    def links(self) -> Iterator[Problem]:
        """Yield the Problems of pages that were found while they were rendered, and their broken links."""
        for page in self.pages:
            for needle, warning in self.facts[page.slug]["warnings"]:
                yield self.placed(page, needle, warning)
            for address, fragment, reference in self.facts[page.slug]["links"]:
                slug = self.slug_at(address)
                if not self.leads_somewhere(address):
                    yield self.placed(page, reference, f"broken link “{reference}”")
                elif slug and fragment and fragment not in ("top", *self.facts[slug]["ids"]):
                    reason = f"broken link “{reference}”: {address} has no “#{fragment}”"
                    yield self.placed(page, reference, reason)

    def leads_somewhere(self, address: str) -> bool:
        path = address.strip("/")
        return self.slug_at(address) is not None or not self.files.isdisjoint(
            {path, f"{path}/index.html".lstrip("/")}
        )

    def slug_at(self, address: str) -> str | None:
        address = address.removesuffix("index.html") if address.endswith("/index.html") else address
        return self.addresses.get(address) or self.addresses.get(address + "/")

    def placed(self, page: Page, needle: str, reason: str) -> Problem:
        """Return the Problem with the line of the page's file, or of one of the layouts, that has `needle`."""
        folder = self.site.folder
        own = [page.source] if page.source in folder.files else []
        for path in [*own, *folder.layouts.values()] if needle else ():
            problem = folder.error_at(path, reason, needle).problem
            if problem.line:
                return problem
        return Problem(folder.place(page.source), 1 if own else None, reason)

    def unknown(self) -> Iterator[Problem]:
        """Yield a Problem for each variable that is not there.

        A layout may show what only some pages have, and a list of pages or of data what only some of its items have.
        """
        metadata = [page.metadata for page in self.site.pages]
        of_pages = FIELDS.keys() | {name for each in metadata for name in each}
        anywhere = of_pages | set(names_in([self.site.data, self.site.settings, *metadata])) | {"0"}
        for page in self.pages:
            own = self.site.folder.place(page.source)
            for file, text, name, is_attribute in self.facts[page.slug]["unknown"]:
                if name not in anywhere if is_attribute else file == own or name not in of_pages:
                    tag = re.compile(r"\{[{%][^}]*" + re.escape(text))
                    lines = enumerate(Path(file).read_text().splitlines(), 1)
                    line = next((number for number, line in lines if tag.search(line)), 1)
                    yield Problem(file, line, f"there is no “{text}” to show ({BRACES_AS_TEXT})")

    def orphans(self) -> Iterator[Problem]:
        """Yield a Problem for each page that no other page links to, once the links of all pages are known."""
        if len(self.pages) < len(self.site.pages):
            return
        links = {(page.url, address) for page in self.pages for address, _, _ in self.facts[page.slug]["links"]}
        linked = {address for url, address in links if address != url}
        # The home page and those that come with sitegen are found in other ways.
        exempt = {"index", "404", *(page.slug for page in STANDARD_PAGES)}
        for page in self.pages:
            if page.slug not in exempt and page.url not in linked:
                yield Problem(self.site.folder.place(page.source), None, f"no page links to {page.url}")

    def files_and_names(self) -> Iterator[Problem]:
        """Yield the Problems of files that are not published, and of addresses that differ in case only."""
        folder = self.site.folder
        for path in folder.unpublished:
            yield Problem(folder.place(path), None, "is not published: files of this kind are in public/ only")
        if (folder.root / "_posts").is_dir():
            reason = "is not published, as no name that begins with “_” is: call it “posts”"
            yield Problem(folder.place("_posts"), None, reason)
        by_folded: dict[str, Page] = {}
        for page in self.site.pages:
            other = by_folded.setdefault(page.url.casefold(), page)
            if other.url != page.url:
                reason = f"{page.url} and {other.url} differ in case only, which some hosts do not tell apart"
                yield Problem(folder.place(page.source), None, reason)


def names_in(value: Any) -> Iterator[str]:
    """Yield all names in nested data."""
    if isinstance(value, dict):
        yield from map(str, value)
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from names_in(each)
