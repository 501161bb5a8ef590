"""One page to HTML: the same for the preview and for the build."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from .blocks import TOC
from .document import Document, Facts
from .engine import BUILT_IN, TEMPLATE_TAG, make_engine, render_layout, render_own, render_text
from .errors import SiteError
from .folder import Folder, digest
from .markdown import Converted, to_html
from .pages import Page
from .redirects import read_redirects
from .settings import Options
from .site import Site
from .summaries import Heading, summary, table_of_contents
from .template_views import PageView, SiteView, paginator
from .trace import recording

WHOLE_DOCUMENT = re.compile(
    r"\A\s*(?:{%\s*extends\b|<!doctype\b|<html\b)|^\s*{%\s*extends\b", re.IGNORECASE | re.MULTILINE
)


# What the names in a trace stand for: a page is rendered again where one of them does so no longer.
KINDS: dict[str, Callable[[Site, str], object]] = {
    "setting": lambda site, name: site.settings.get(name),
    "data": lambda site, name: site.data.get(name),
    "datas": lambda site, _: sorted(site.data),
    "collection": lambda site, name: site.collections.get(name, ()),
    "collections": lambda site, _: sorted(site.collections),
    "tag": lambda site, name: site.tags.get(name, ()),
    "tags": lambda site, _: [(tag, len(pages)) for tag, pages in site.tags.items()],
    "pages": lambda site, _: site.pages,
    "navigation": lambda site, slug: site.children.get(slug, ()) if slug else site.navigation,
    "breadcrumbs": lambda site, slug: site.breadcrumbs(site.by_slug[slug]),
    "neighbours": lambda site, slug: site.neighbours(site.by_slug[slug]),
    "content": lambda site, slug: site.by_slug[slug].digest,
    "url": lambda site, slug: site.by_slug[slug].url,
    "source": lambda site, source: site.by_source[source].url,
    "template": lambda site, name: site.folder.digest(site.folder.layouts[name]),
    "asset": lambda site, path: site.assets.describe(path),
    "variants": lambda site, path: site.assets.variants(path),
    "feeds": lambda site, _: site.feeds,
    "now": lambda site, pattern: date(site.now, pattern),
}


class Rendered(NamedTuple):
    """A page's HTML, its facts, and its trace: the fingerprints of all it was made from."""

    html: str
    facts: Facts
    trace: dict[str, str]


class RenderedSite(Site):
    """A site that can render its pages."""

    def __init__(
        self, folder: Folder, options: Options | None = None, now: datetime | None = None, hashed: bool = False
    ) -> None:
        super().__init__(folder, options, now, hashed)
        self.redirects, problems = read_redirects(self)
        self.problems += problems
        self.engine = make_engine(folder)
        self.view = SiteView(self)
        self._summarized: set[Page] = set()

    def render(self, page: Page, script: str | None = None) -> Rendered:
        """Return `page` Rendered, within its layout; `script` is the address of one to add to it.

        Raises SiteError with the place of what is wrong.
        """
        file = self.folder.place(page.source)
        with recording() as found, seeded_random(page.slug), timezone.override(self.zone):
            content = self.content_of(page)
            html = self._place_in_layout(page, content)
            try:
                html, facts = Document(html, page, self, self._description(page, content)).finish(script)
            except LookupError as error:
                raise SiteError(file, str(error)) from None
        facts["unknown"] = [[*unknown] for unknown in found.unknown]
        facts["warnings"] += self._markdown(page).warnings if page.is_markdown else []
        return Rendered(html, facts, {name: fingerprint(self, name) for name in sorted(found.names)})

    def _place_in_layout(self, page: Page, content: str) -> str:
        if is_whole_document(page):
            return self._render_text(page, page.text)
        layout = page.metadata.get("layout", self.settings["layout"])
        if not layout:
            return content
        layout = layout if layout.endswith(".html") else f"{layout}.html"
        if layout not in self.folder.layouts and not (BUILT_IN / layout).is_file():
            raise self.folder.error_at(page.source, f"there is no layout “{layout}”", "layout")
        return render_layout(self.engine, layout, self.folder.place(page.source), self._variables(page, content))

    def content_of(self, page: Page) -> SafeString:
        """Return the HTML of a page without its layout; nothing for a page that is a whole document."""
        if is_whole_document(page):
            return mark_safe("")
        html = self._markdown(page).html if page.is_markdown else page.text
        is_template = "{" in html and page.metadata.get("template", True)
        html = self._render_text(page, html) if is_template else html
        if page.is_markdown and TOC in html:
            entries = render_own("contents.html", entries=table_of_contents(html))
            html = html.replace(TOC, f'<nav class="toc">{entries}</nav>' if entries else "")
        return mark_safe(html if page.is_markdown else html.lstrip("\n"))

    def contents_of(self, page: Page) -> list[Heading]:
        # What is not rendered yet has them too: a page may list its own.
        html = self._markdown(page).html if page.is_markdown else self.content_of(page)
        return table_of_contents(TEMPLATE_TAG.sub("", html))

    def summary_of(self, page: Page) -> str:
        if page.metadata.get("description") or page in self._summarized:
            return str(page.metadata.get("description") or "")
        self._summarized.add(page)  # a page may list itself
        try:
            with timezone.override(self.zone):
                return summary(self.content_of(page))
        finally:
            self._summarized.remove(page)

    def _description(self, page: Page, content: str) -> str:
        return str(page.metadata.get("description") or (summary(content) if page.slug != "404" else ""))

    def _markdown(self, page: Page) -> Converted:
        try:
            return to_html(page.text)
        except RecursionError:
            raise SiteError(self.folder.place(page.source), "has too many elements inside one another") from None

    def _render_text(self, page: Page, text: str) -> str:
        markdown = page.text if page.is_markdown else ""
        return render_text(self.engine, text, self.folder.place(page.source), self._variables(page), markdown)

    def _variables(self, page: Page, content: str = "") -> dict[str, Any]:
        listing = paginator(self, page)
        return {
            **page.metadata,
            "site": self.view,
            "page": PageView(self, page),
            "slug": page.slug,
            "content": content,
            "needs_heading": "<h1" not in content,
            "paginator": listing,
            "items": listing.items if listing else page.metadata.get("items"),
            "tag": page.tag or page.metadata.get("tag"),
        }


def fingerprint(site: Site, name: str) -> str:
    """Return a short text that changes when what `name` stands for in a trace does. Raises SiteError."""
    if name not in site.fingerprints:
        kind, _, rest = name.partition(":")
        try:
            value = KINDS[kind](site, rest)
        except LookupError:  # there is none
            value = None
        site.fingerprints[name] = digest(repr(value))
    return site.fingerprints[name]


def is_whole_document(page: Page) -> bool:
    return not page.is_markdown and bool(WHOLE_DOCUMENT.search(page.text))


@contextmanager
def seeded_random(name: str) -> Iterator[None]:
    """Seed random numbers with a name inside, so that two builds of a page are equal."""
    state = random.getstate()
    random.seed(name)
    try:
        yield
    finally:
        random.setstate(state)
