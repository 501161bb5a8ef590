"""One page to HTML: the same for the preview and for the build."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import minify_html
from django.template import TemplateDoesNotExist
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from selectolax.lexbor import LexborHTMLParser

from .document import Document
from .engine import (
    MAX_BYTES,
    TEMPLATE_TAG,
    has_tags,
    load_template,
    make_engine,
    render_template,
    too_deep,
    too_large,
)
from .errors import SiteError
from .facts import Facts
from .markdown import to_html
from .options import Options
from .pages import Folder, Page
from .site import PageView, Site, SiteView
from .trace import recording

WHOLE_DOCUMENT = re.compile(
    r"\A\s*(?:{%\s*extends\b|<!doctype\b|<html\b)|^\s*{%\s*extends\b", re.IGNORECASE | re.MULTILINE
)
FIRST_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


@dataclass
class Rendered:
    """A page's HTML, its facts, and its trace: the fingerprints of all it was made from."""

    html: str
    facts: Facts
    trace: dict[str, str]


class RenderedSite(Site):
    """A site that can render its pages.

    `hashed` gives assets the names of a built site.
    """

    def __init__(
        self,
        folder: Folder,
        options: Options | None = None,
        now: datetime | None = None,
        hashed: bool = False,
    ) -> None:
        super().__init__(folder, options, now, hashed)
        self.engine = make_engine(self.folder)
        self.view = SiteView(self)

    def render(self, page: Page, script: str | None = None) -> Rendered:
        """Return `page` Rendered, within its layout; `script` is the address of one to add to it.

        Raises SiteError with the place of what is wrong.
        """
        with recording() as names, seeded_random(page.slug):
            html = self._place_in_layout(page)
            try:
                html, facts = Document(html, page, self).finish(script)
            except LookupError as error:
                raise SiteError(self.folder.place(page.source), str(error)) from None
        if self.assets.hashed:
            html = minified(html)
        if len(html) > MAX_BYTES:
            raise too_large(self.folder.place(page.source))
        return Rendered(html, facts, {name: self.fingerprint(name) for name in sorted(names)})

    def _place_in_layout(self, page: Page) -> str:
        if not page.is_markdown and WHOLE_DOCUMENT.search(page.text):
            return self._render_text(page, page.text)
        content = self.content_of(page)
        layout = page.metadata.get("layout", self.settings["layout"])
        if not layout:
            return content
        layout = layout if layout.endswith(".html") else f"{layout}.html"
        try:
            template = load_template(self.engine, layout)
        except TemplateDoesNotExist:
            raise SiteError(self.folder.place(page.source), f"there is no layout “{layout}”") from None
        return render_template(template, self._variables(page, content))

    def content_of(self, page: Page) -> SafeString:
        """Return the HTML of a page without its layout; nothing for a page that is a whole document."""
        if page.is_markdown:
            try:
                html = to_html(page.text)
            except RecursionError:
                raise too_deep(self.folder.place(page.source)) from None
            is_template = has_tags(html) and page.metadata.get("template", True)
            return mark_safe(self._render_text(page, html) if is_template else html)
        if WHOLE_DOCUMENT.search(page.text):
            return mark_safe("")
        return mark_safe(self._render_text(page, page.text))

    def first_paragraph_of(self, page: Page) -> str:
        paragraph = FIRST_PARAGRAPH.search(self.content_of(page))
        return strip_tags(paragraph[1]) if paragraph else ""

    def _render_text(self, page: Page, text: str) -> str:
        file = self.folder.place(page.source)
        try:
            return render_template((text, file, self.engine), self._variables(page), page.first_line)
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
                reason = problem.reason.partition(": ")[2]
                return SiteError(problem.file, reason, number, line.find(tags[0]) + 1, line)
        return error

    def _variables(self, page: Page, content: str = "") -> dict[str, Any]:
        paginator = self.paginator(page)
        return {
            **page.metadata,
            "site": self.view,
            "page": PageView(self, page),
            "slug": page.slug,
            "content": content,
            "needs_heading": "<h1" not in content,
            "paginator": paginator,
            "items": paginator.items if paginator else page.metadata.get("items"),
            "tag": page.tag or page.metadata.get("tag"),
        }


def minified(html: str) -> str:
    """Return a page minified, its attributes still quoted."""
    small = minify_html.minify(
        html, keep_closing_tags=True, keep_html_and_head_opening_tags=True, keep_input_type_text_attr=True
    )
    return LexborHTMLParser(small).html or ""


@contextmanager
def seeded_random(name: str) -> Iterator[None]:
    """Seed random numbers with a name inside, so that two builds of a page are equal."""
    state = random.getstate()
    random.seed(name)
    try:
        yield
    finally:
        random.setstate(state)
