"""The pages of a folder: what each file says about itself."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from posixpath import dirname

from .folder import digest, is_index
from .markdown import first_heading
from .metadata import MARKDOWN_TYPES, Metadata

# The fields that keep a page from being published, also by the names that Jekyll, Zola, Hugo and Eleventy use.
LEFT_OUT = {"draft": True, "published": False, "render": False, "headless": True, "permalink": False}

CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True, eq=False, repr=False)
class Page:
    """One address of the site, and what its file says about it.

    `collections` are the folders that list it, the outermost first. A page that lists a collection or the tags has
    more addresses, one for each part: a `number` or a `tag`.
    """

    slug: str
    source: str
    metadata: Metadata
    text: str = ""
    digest: str = ""
    collections: tuple[str, ...] = ()
    number: int = 1
    tag: str | None = None

    @cached_property
    def url(self) -> str:
        if self.slug.endswith((".html", ".htm")):
            return f"/{self.slug}"
        return {"index": "/", "404": "/404.html"}.get(self.slug, f"/{self.slug}/")

    @property
    def file(self) -> str:
        """The file of the built site that holds this page."""
        return self.url.lstrip("/") + ("index.html" if self.url.endswith("/") else "")

    @property
    def is_markdown(self) -> bool:
        return self.source.endswith(MARKDOWN_TYPES)

    @cached_property
    def title(self) -> str:
        """The title given, or the first heading, or the last part of the address."""
        last_part = self.slug.rpartition("/")[2].removesuffix(".html").replace("-", " ")
        title = str(self.metadata.get("title") or self.first_heading or last_part[:1].upper() + last_part[1:])
        return f"{title}: {self.tag}" if self.tag else title

    @cached_property
    def first_heading(self) -> str | None:
        return first_heading(self.text, self.is_markdown)

    @property
    def date(self) -> datetime | None:
        date: datetime | None = self.metadata.get("date")
        return date

    @property
    def updated(self) -> datetime | None:
        return self.metadata.get("updated") or self.date

    @property
    def is_draft(self) -> bool:
        if any(self.metadata.get(name) is value for name, value in LEFT_OUT.items()):
            return True
        build = self.metadata.get("build") or self.metadata.get("_build")
        is_unbuilt = isinstance(build, dict) and str(build.get("render")).casefold() in ("never", "false")
        return is_unbuilt or str(self.metadata.get("status")).casefold() == "draft"

    @property
    def hides_below(self) -> bool:
        """Whether the page holds back those below it: Hugo's cascade."""
        cascade = self.metadata.get("cascade")
        fields = (
            {str(name).casefold(): value for name, value in cascade.items()} if isinstance(cascade, dict) else {}
        )
        return any(fields.get(name) is value for name, value in LEFT_OUT.items())

    @property
    def due(self) -> datetime | None:
        """When the page is to be published."""
        return self.metadata.get("publish_date") or self.date

    @property
    def expires(self) -> datetime | None:
        expires: datetime | None = self.metadata.get("expiry_date")
        return expires

    @property
    def tags(self) -> list[str]:
        return list(dict.fromkeys(self.metadata.get("tags") or []))

    @property
    def collection(self) -> str:
        """The collection whose order decides what comes before and after this page: a blog's own, a folder's."""
        return (self.collections or ("",))[0 if self.date else -1]

    @property
    def section(self) -> str:
        """The first part of the address, which tells what part of the site a page belongs to."""
        return self.slug.partition("/")[0]

    @property
    def parent_slug(self) -> str:
        return self.slug.rpartition("/")[0] or "index"

    @property
    def order(self) -> float:
        order: float | None = self.metadata.get("order")
        return 1000 if order is None else order

    @property
    def per_page(self) -> int:
        return self.metadata.get("per_page") or 10

    @property
    def own_folder(self) -> str:
        """The folder of what belongs to this page alone, with a slash at its end: its own as an index, else a namesake."""
        stem = self.source.rpartition(".")[0]
        return f"{dirname(stem)}/" if is_index(self.source) else f"{stem}/"

    def __repr__(self) -> str:
        """Return what other pages can show of this page, its content left out."""
        return repr((self.slug, self.source, self.metadata, self.title, self.collections, self.number, self.tag))

    def part(self, slug: str, number: int = 1, tag: str | None = None) -> "Page":
        """Return the page at `slug` that shows one part of what this page lists."""
        name = digest(self.digest, slug, str(number), tag or "")
        return replace(self, slug=slug, number=number, tag=tag, digest=name)
