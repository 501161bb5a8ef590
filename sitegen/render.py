"""One page to HTML: the same for the preview and for the build."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from .blocks import TOC
from .document import Document, Facts
from .engine import BUILT_IN, TEMPLATE_TAG, make_engine, render_layout, render_text
from .errors import SiteError
from .fingerprints import fingerprint
from .folder import Folder
from .markdown import Converted, to_html
from .options import Options
from .pages import Page
from .site import Site
from .summaries import Heading, contents_list, summary, table_of_contents
from .template_views import PageView, SiteView, paginator
from .trace import BRACES_AS_TEXT, Recording, recording

WHOLE_DOCUMENT = re.compile(
    r"\A\s*(?:{%\s*extends\b|<!doctype\b|<html\b)|^\s*{%\s*extends\b", re.IGNORECASE | re.MULTILINE
)


class Rendered(NamedTuple):
    """A page's HTML, its facts, and its trace: the fingerprints of all it was made from."""

    html: str
    facts: Facts
    trace: dict[str, str]


class RenderedSite(Site):
    """A site that can render its pages."""

    def __init__(
        self,
        folder: Folder,
        options: Options | None = None,
        now: datetime | None = None,
        hashed: bool = False,
    ) -> None:
        super().__init__(folder, options, now, hashed)
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
        facts["unknown"] = self._unknown(page, found)
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
            entries = contents_list(table_of_contents(html))
            html = html.replace(TOC, f'<nav class="toc">{entries}</nav>' if entries else "")
        return mark_safe(html)

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

    def _unknown(self, page: Page, found: Recording) -> list[list[Any]]:
        """Return the unknown variables with their lines in the source, and whether they are in the page's own text."""
        own, rows = self.folder.place(page.source), []
        for unknown in found.unknown:
            line = unknown.line
            if unknown.file == own and page.is_markdown:
                tag = re.compile(r"\{[{%][^}]*" + re.escape(unknown.text))
                lines = (
                    n for n, text in enumerate(page.text.split("\n"), page.first_line + 1) if tag.search(text)
                )
                line = next(lines, page.first_line + 1)
            rows.append([*unknown._replace(line=line), unknown.file == own])
        return rows

    def _markdown(self, page: Page) -> Converted:
        try:
            return to_html(page.text)
        except RecursionError:
            raise SiteError(self.folder.place(page.source), "has too many elements inside one another") from None

    def _render_text(self, page: Page, text: str) -> str:
        file = self.folder.place(page.source)
        try:
            return render_text(self.engine, text, file, self._variables(page), page.first_line)
        except SiteError as error:
            raise self._in_markdown(page, error) from error

    def _in_markdown(self, page: Page, error: SiteError) -> SiteError:
        """Return the error with the line of the Markdown, where it was found in the HTML made of it."""
        problem = error.problem
        if not page.is_markdown or problem.file != self.folder.place(page.source) or not problem.line:
            return error
        tags = TEMPLATE_TAG.findall(problem.excerpt)
        for number, line in enumerate(page.text.splitlines(), page.first_line + 1):
            if any(tag in line for tag in tags):
                reason = problem.reason.partition(": ")[2].removesuffix(f" ({BRACES_AS_TEXT})")
                reason = f"{reason} ({BRACES_AS_TEXT})"
                return SiteError(problem.file, reason, number, line.find(tags[0]) + 1, line)
        return error

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
