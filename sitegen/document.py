"""The last step of a page: rewrite references, measure pictures, collect facts for the checks."""

import re
from collections import Counter
from html import escape
from posixpath import dirname, join, normpath
from urllib.parse import quote, unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from . import pictures
from .engine import too_deep
from .facts import Facts, empty_facts
from .pages import PAGE_TYPES, Page, is_asset
from .site import Site
from .trace import depend

# The attributes that name another file or page, by the elements that have them.
REFERENCES = {
    **dict.fromkeys(("a", "area", "link", "use"), ("href",)),
    **dict.fromkeys(("script", "img", "source", "audio", "iframe"), ("src",)),
    "video": ("src", "poster"),
    "form": ("action", "data-index"),
}
WORD = re.compile(r"\w[\w'-]+")
MAX_WORDS = 400
MAX_DEPTH = 1000  # elements inside one another: browsers take 512, and the minifier has no room for 20,000


type Attributes = dict[str, str | None]


class Document:
    """The HTML of one page, on its way into the site."""

    def __init__(self, html: str, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.tree, self.size = LexborHTMLParser(html), html.count("<")
        self.facts = empty_facts()
        self.names: list[tuple[str | None, str | None]] = []
        # What the head says already: contents by name or property, and the kinds of links.
        self.metas: dict[str | None, str] = {}
        self.links: set[str | None] = set()

    def finish(self, script: str | None = None) -> tuple[str, Facts]:
        """Return the HTML to publish and its facts; `script` is the address of one to add (the preview's).

        Raises PageLimitError for a page that is nested too deeply.
        """
        root = self.tree.root
        if root and self.size > MAX_DEPTH and depth(root) > MAX_DEPTH:
            raise too_deep(self.site.folder.place(self.page.source))
        for node in root.traverse() if root else ():
            if node.tag and (attributes := node.attributes):
                self._finish_node(node, node.tag, attributes)
        self._note_ids()
        self._note_text()
        html = (self.tree.html or "").replace("</head>", self._head() + self._script(script) + "</head>", 1)
        return html, self.facts

    def _finish_node(self, node: LexborNode, tag: str, attributes: Attributes) -> None:
        if "id" in attributes or (tag == "a" and "name" in attributes):
            self.names.append((attributes.get("id"), attributes.get("name")))
        if tag == "img" or "srcset" in attributes:
            self._finish_picture(node)
        elif tag == "meta":
            self.metas[attributes.get("name") or attributes.get("property")] = attributes.get("content") or ""
        elif tag == "link":
            self.links |= {attributes.get("rel"), attributes.get("type")}
        for name in REFERENCES.get(tag, ()):
            if name in attributes:
                self._rewrite(node, name, attributes[name] or "")

    # References

    def _rewrite(self, node: LexborNode, name: str, reference: str) -> None:
        rewritten = self._resolve(reference.strip())
        if rewritten != reference:
            node.attrs[name] = rewritten

    def _resolve(self, reference: str) -> str:
        """Return the reference as the site needs it, and note where it leads."""
        if reference.startswith("#"):
            self._note_link(self.page.url, reference[1:], reference)
            return reference
        try:
            parts = urlsplit(reference)
        except ValueError:
            self._warn(reference, f"“{reference}” is not an address")
            return reference
        if parts.scheme or parts.netloc:
            return reference
        if not parts.path:
            self._note_link(self.page.url, parts.fragment, reference)
            return reference
        address = self._address(parts.path)
        if address is None:
            self._note_link(unquote(urljoin(self.page.url, parts.path)), parts.fragment, reference)
            return self._based(reference) if parts.path.startswith("/") else reference
        self._note_link(address, parts.fragment, reference)
        return self._based(parts._replace(path=quote(address)).geturl())

    def _address(self, path: str) -> str | None:
        """Return the address of the page or asset whose file this path names, or None."""
        file = self._file(path)
        if file.endswith(tuple(PAGE_TYPES)):
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
        return self.site.options.base + reference.lstrip("/")

    def _note_link(self, address: str, fragment: str, reference: str) -> None:
        self.facts["links"].append([address, unquote(fragment), reference])

    # Pictures

    def _finish_picture(self, node: LexborNode) -> None:
        attributes = node.attributes
        if srcset := attributes.get("srcset"):
            node.attrs["srcset"] = ", ".join(map(self._resolve_candidate, srcset.split(",")))
        if node.tag != "img":
            return
        source = attributes.get("src") or ""
        if "alt" not in attributes:
            self._warn(source, f'the picture “{source}” has no alt text (alt="" where it only decorates)')
        if "loading" not in attributes:
            node.attrs["loading"] = "lazy"
        file = self._file(source)
        if "://" not in source and pictures.is_picture(file) and file in self.site.assets:
            self._measure(node, file)

    def _resolve_candidate(self, candidate: str) -> str:
        reference, *descriptor = candidate.split()
        return " ".join([self._resolve(reference), *descriptor])

    def _measure(self, node: LexborNode, file: str) -> None:
        """Say how much room the picture takes, and offer narrower versions of it."""
        depend("asset", file)
        size = self.site.assets.size(file)
        if not size or not all(size):
            return
        width, height = size
        given = node.attributes.get("width") or ""
        if "height" not in node.attributes and (not given or given.isdigit()):
            shown = int(given or width)
            node.attrs["width"], node.attrs["height"] = str(shown), str(round(shown * height / width))
        variants = self.site.assets.variants(file)
        if variants and "srcset" not in node.attributes:
            depend("variants", file)
            candidates = [*variants, (width, self.site.assets.address(file))]
            node.attrs["srcset"] = ", ".join(f"{self._based(quote(url))} {wide}w" for wide, url in candidates)
            node.attrs["sizes"] = node.attributes.get("sizes") or f"(max-width: {width}px) 100vw, {width}px"

    # Facts

    def _note_ids(self) -> None:
        ids = Counter(name for name, _ in self.names if name)
        for name, count in ids.items():
            if count > 1:
                self._warn(name, f"the id “{name}” is given {count} times")
        self.facts["ids"] = [*ids, *(name for _, name in self.names if name)]

    def _note_text(self) -> None:
        title = self.tree.css_first("head title")
        self.facts["title"] = " ".join(title.text().split()) if title else ""
        if not self.facts["title"]:
            self._warn("<title", "the page has no title")
        self.facts["hidden"] = self.page.slug == "404" or "noindex" in self.metas.get("robots", "")
        main = self.tree.css_first("main") or self.tree.body
        self.facts["words"] = words(main.text(separator=" ")) if main else ""
        self.facts["description"] = self.metas.get("description") or self._description()

    def _description(self) -> str:
        return str(self.page.metadata.get("description") or "")

    def _warn(self, needle: str, reason: str) -> None:
        self.facts["warnings"].append([needle, reason])

    # Head

    def _head(self) -> str:
        """Return the elements that tell machines what the page is, where the layout does not."""
        depend("setting", "url")
        depend("setting", "title")
        address = self.site.url + self._based(quote(self.page.url))
        description = self._description()
        properties = {
            "og:title": self.page.title,
            "og:type": "article" if self.page.date else "website",
            "og:url": address,
            "og:site_name": str(self.site.settings["title"]),
            "og:description": description,
            "og:image": self._picture_address(),
        }
        elements = []
        if self.page.slug != "404" and "canonical" not in self.links:
            elements.append(element("link", rel="canonical", href=address))
        if description and "description" not in self.metas:
            elements.append(element("meta", name="description", content=description))
        depend("feeds")
        if "application/atom+xml" not in self.links:
            for name, feed in self.site.feeds.items():
                kind = {"rel": "alternate", "type": "application/atom+xml"}
                elements.append(element("link", **kind, title=name, href=self._based(feed)))
        for name, content in properties.items():
            if content and name not in self.metas:
                elements.append(element("meta", property=name, content=content))
        return "".join(elements)

    def _picture_address(self) -> str | None:
        """Return the full address of the page's picture (`image: static/team.jpg`), if it names one."""
        reference = self.page.metadata.get("image")
        return reference and urljoin(self.site.url, self._resolve(f"/{str(reference).lstrip('/')}"))

    def _script(self, address: str | None) -> str:
        return f'<script src="{escape(address)}" defer></script>' if address else ""


def depth(root: LexborNode) -> int:
    """Return how many elements are inside one another at most."""
    count, level = 0, [root]
    while level:
        count, level = count + 1, [child for node in level for child in node.iter()]
    return count


def element(tag: str, **attributes: str) -> str:
    return f"<{tag}{''.join(f' {name}="{escape(value)}"' for name, value in attributes.items())}>"


def words(text: str) -> str:
    """Return the first MAX_WORDS different words of a text, for the search."""
    # Texts repeat themselves: the pattern is slower than setting the repetitions aside first.
    chunks = " ".join(dict.fromkeys(text.lower().split()))
    return " ".join(list(dict.fromkeys(WORD.findall(chunks)))[:MAX_WORDS])
