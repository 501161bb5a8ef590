"""The last step of a page: rewrite references, measure pictures, collect facts for the checks."""

from collections import Counter
from html import escape
from posixpath import dirname, join, normpath
from typing import Any, TypedDict
from urllib.parse import quote, unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from . import pictures
from .folder import PAGE_TYPES, is_asset
from .pages import Page
from .settings import Attributes, blocked_script, scripts_allowed
from .site import Site
from .summaries import words
from .trace import depend

# The attributes that name another file or page, by the elements that have them.
REFERENCES = {
    **dict.fromkeys(("a", "area", "link", "use"), ("href",)),
    **dict.fromkeys(("script", "img", "source", "audio", "iframe"), ("src",)),
    "video": ("src", "poster"),
    "form": ("action", "data-index"),
}
# A policy in a page may not have these.
ONLY_IN_HEADERS = ("frame-ancestors", "report-uri", "report-to", "sandbox")
ATOM = "application/atom+xml"


class Facts(TypedDict):
    """What the checks, the sitemap and the search need to know of a finished page.

    The state of a build keeps them as JSON, so they have no tuples. `links` are address, fragment and the reference
    as it was written, `warnings` the text to look for in the source and the reason; `unknown` are variables (trace.py).
    """

    title: str
    description: str
    words: str
    links: list[list[str]]
    ids: list[str]
    warnings: list[list[str]]
    unknown: list[list[Any]]
    hidden: bool


class Document:
    """The HTML of one page, on its way into the site."""

    def __init__(self, html: str, page: Page, site: Site, description: str = "") -> None:
        self.page, self.site, self.description = page, site, description
        self.tree = LexborHTMLParser(html)
        self.links: list[list[str]] = []
        self.warnings: list[list[str]] = []
        self.ids: list[str] = []
        self.anchors: list[str] = []
        self.scripts = scripts_allowed(str(site.settings["policy"] or ""))
        # What the head says already: contents by name or property, and the kinds of links.
        self.metas: dict[str | None, str] = {}
        self.relations: set[str | None] = set()

    def finish(self, script: str | None = None) -> tuple[str, Facts]:
        """Return the HTML to publish and its facts; `script` is the address of one to add (the preview's)."""
        for node in self.tree.root.traverse() if self.tree.root else ():
            if node.tag and ((attributes := node.attributes) or node.tag == "script"):
                self._finish_node(node, node.tag, attributes)
        head = self._head() + (f"{element('script', src=script, defer='')}</script>" if script else "")
        html = (self.tree.html or "").replace("</head>", f"{head}</head>", 1)
        return html.replace("<head>", f"<head>{self._policy()}", 1), self._facts()

    def _finish_node(self, node: LexborNode, tag: str, attributes: Attributes) -> None:
        self.ids += filter(None, [attributes.get("id")])
        if tag == "a":
            self.anchors += filter(None, [attributes.get("name")])
        elif tag == "meta":
            self.metas[attributes.get("name") or attributes.get("property")] = attributes.get("content") or ""
        elif tag == "link":
            self.relations |= {attributes.get("rel"), attributes.get("type")}
        if srcset := attributes.get("srcset"):
            node.attrs["srcset"] = ", ".join(map(self._resolve_candidate, srcset.split(",")))
        if tag == "img":
            self._finish_picture(node, attributes)
        if self.scripts and (tag == "script" or any(name.startswith("on") for name in attributes)):
            self._check_script(tag, attributes)
        for name in REFERENCES.get(tag, ()):
            if name in attributes:
                self._rewrite(node, name, attributes[name] or "")

    def _check_script(self, tag: str, attributes: Attributes) -> None:
        if blocked := blocked_script(tag, attributes, self.scripts):
            self.warnings.append([blocked, f"the script “{blocked}” is blocked by the site's policy"])

    # References

    def _rewrite(self, node: LexborNode, name: str, reference: str) -> None:
        rewritten = self._resolve(reference.strip())
        if rewritten != reference:
            node.attrs[name] = rewritten

    def _resolve(self, reference: str) -> str:
        """Return the reference as the site needs it, and note where it leads."""
        if reference.startswith("#"):  # each heading has one
            self.links.append([self.page.url, unquote(reference[1:]), reference])
            return reference
        try:
            parts = urlsplit(reference)
        except ValueError:
            self.warnings.append([reference, f"“{reference}” is not an address"])
            return reference
        if parts.scheme or parts.netloc:
            return reference
        address = self._address(parts.path) if parts.path else self.page.url
        leads_to = address or unquote(urljoin(self.page.url, parts.path))
        self.links.append([leads_to, unquote(parts.fragment), reference])
        if address and parts.path:
            return self._based(parts._replace(path=quote(address)).geturl())
        return self._based(reference) if parts.path.startswith("/") else reference

    def _resolve_candidate(self, candidate: str) -> str:
        reference, *descriptor = candidate.split()
        return " ".join([self._resolve(reference), *descriptor])

    def _address(self, path: str) -> str | None:
        """Return the address of the page or asset whose file this path names, or None."""
        file = self._file(path.removeprefix("@") if path.startswith("@/") else path)  # “@/” is Zola's
        if file.endswith(PAGE_TYPES):
            depend("source", file)
            page = self.site.by_source.get(file)
            return page.url if page else None
        if is_asset(file):
            depend("asset", file)
            return self.site.assets.address(file) if file in self.site.assets else None
        return None

    def _file(self, path: str) -> str:
        """Return the file that a path means: from the folder of the page's file, or of the site."""
        return normpath(join("/", dirname(self.page.source), unquote(path))).lstrip("/")

    def _based(self, reference: str) -> str:
        return f"{self.site.base}{reference.lstrip('/')}"

    # Pictures

    def _finish_picture(self, node: LexborNode, attributes: Attributes) -> None:
        source = attributes.get("src") or ""
        if "alt" not in attributes:
            reason = f'the picture “{source}” has no alt text (alt="" where it only decorates)'
            self.warnings.append([source, reason])
        node.attrs["loading"] = attributes.get("loading") or "lazy"
        file = self._file(source)
        if "://" not in source and pictures.is_picture(file) and file in self.site.assets:
            self._measure(node, file, attributes)

    def _measure(self, node: LexborNode, file: str, attributes: Attributes) -> None:
        """Say how much room the picture takes, and offer narrower versions of it."""
        depend("asset", file)
        size = self.site.assets.size(file)
        if not size or not all(size):
            return
        width, height = size
        given = attributes.get("width") or ""
        if "height" not in attributes and (not given or given.isdigit()):
            shown = int(given or width)
            node.attrs["width"], node.attrs["height"] = str(shown), str(round(shown * height / width))
        variants = self.site.assets.variants(file)
        if variants and "srcset" not in attributes:
            depend("variants", file)
            candidates = [*variants, (width, self.site.assets.address(file))]
            node.attrs["srcset"] = ", ".join(f"{self._based(quote(url))} {wide}w" for wide, url in candidates)
            node.attrs["sizes"] = attributes.get("sizes") or f"(max-width: {width}px) 100vw, {width}px"

    # Facts

    def _facts(self) -> Facts:
        title = self.tree.css_first("head title")
        main = self.tree.css_first("main") or self.tree.body
        facts: Facts = {
            "title": " ".join(title.text().split()) if title else "",
            "description": self.metas.get("description") or self.description,
            "words": words(main.text(separator=" ")) if main else "",
            "links": self.links,
            "ids": [*dict.fromkeys(self.ids), *self.anchors],
            "warnings": self.warnings,
            "unknown": [],
            "hidden": self.page.slug == "404" or "noindex" in self.metas.get("robots", ""),
        }
        for name, count in Counter(self.ids).items():
            if count > 1:
                self.warnings.append([name, f"the id “{name}” is given {count} times"])
        if not facts["title"]:
            self.warnings.append(["<title", "the page has no title"])
        return facts

    # Head

    def _policy(self) -> str:
        """Return the site's policy as an element, so that the published page keeps to it on any host."""
        depend("setting", "policy")
        policy = self.site.settings["policy"]
        directives = [each.strip() for each in str(policy or "").split(";")]
        content = "; ".join(each for each in directives if each and not each.startswith(ONLY_IN_HEADERS))
        return element("meta", **{"http-equiv": "Content-Security-Policy"}, content=content) if content else ""

    def _head(self) -> str:
        """Return the elements that tell machines what the page is, where the layout does not."""
        depend("setting", "url")
        depend("setting", "title")
        depend("feeds")
        address = self.site.url + self._based(quote(self.page.url))
        description = self.description
        elements = []
        if self.page.slug != "404" and "canonical" not in self.relations:
            elements.append(element("link", rel="canonical", href=address))
        if description and "description" not in self.metas:
            elements.append(element("meta", name="description", content=description))
        if ATOM not in self.relations:
            for name, url in self.site.feeds.items():
                elements.append(element("link", rel="alternate", type=ATOM, title=name, href=self._based(url)))
        properties = {
            "og:title": self.page.title,
            "og:type": "article" if self.page.date else "website",
            "og:url": address,
            "og:site_name": str(self.site.settings["title"]),
            "og:description": description,
            "og:image": self._picture_address(),
        }
        elements += [
            element("meta", property=name, content=content)
            for name, content in properties.items()
            if content and name not in self.metas
        ]
        return "".join(elements)

    def _picture_address(self) -> str | None:
        """Return the full address of the page's picture (`image: static/team.jpg`), if it names one."""
        reference = self.page.metadata.get("image")
        return reference and urljoin(self.site.url, self._resolve(f"/{str(reference).lstrip('/')}"))


def element(tag: str, **attributes: str) -> str:
    values = {name: escape(value, quote=False).replace('"', "&quot;") for name, value in attributes.items()}
    return f"<{tag}{''.join(f' {name}="{value}"' for name, value in values.items())}>"
