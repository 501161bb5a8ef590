"""Style sheets, scripts, pictures: found, hashed, minified.

A path is that of the file in the pages folder, `static/site.css`; an address is where browsers find
it, `/static/site.0f3a….css`. A hashed name stands for the file and all it refers to, so a changed
picture renames the style sheet that shows it.
"""

import re
from collections.abc import Collection
from functools import cached_property
from itertools import chain
from pathlib import Path, PurePosixPath
from posixpath import join, normpath
from urllib.parse import unquote, urlsplit

from . import pictures
from .errors import SiteError
from .folder import HASHED_TYPES, Folder, digest, is_untouched

BUILT_IN = Path(__file__).parent / "static"
SOURCE_MAP = re.compile(r"(?P<before>[/*][/*][#@]\s*sourceMappingURL=)(?P<target>[^\s*]+)")
CSS_REFERENCE = re.compile(r"""(?P<before>url\(\s*["']?|@import\s+["'])(?P<target>[^"')\s]+)""")
JS_REFERENCE = re.compile(r"""(?P<before>\b(?:from|import)\s*\(?\s*["'])(?P<target>\.{0,2}/[^"'\n]+)(?=["'])""")
REFERENCES = {
    ".css": [CSS_REFERENCE, SOURCE_MAP],
    ".js": [JS_REFERENCE, SOURCE_MAP],
    ".mjs": [JS_REFERENCE, SOURCE_MAP],
}


class Assets:
    """The assets of one site, but for those `withheld`. Without `hashed` every address is the path: the preview."""

    def __init__(self, folder: Folder, hashed: bool = False, withheld: Collection[str] = ()) -> None:
        self.folder, self.hashed = folder, hashed
        self.own = [path for path in folder.assets if path not in withheld]
        self._own = set(self.own)
        self.published = {plain_name(path): path for path in self.own}
        self.hidden = self._own - set(self.published.values())  # behind another file of the same name
        self._names: dict[str, str] = {}

    @cached_property
    def _built_in(self) -> dict[str, Path]:
        return {f"static/{path.relative_to(BUILT_IN).as_posix()}": path for path in BUILT_IN.rglob("*.*")}

    def __contains__(self, path: str) -> bool:
        return path in self._own or path in self._built_in or bool(pictures.PLACEHOLDER.fullmatch(path))

    def raw(self, path: str) -> bytes:
        """Return the bytes of the file as it was written. Raises LookupError for a picture that cannot be drawn."""
        if path in self._own:
            return self.folder.read(path)
        return self._built_in[path].read_bytes() if path in self._built_in else pictures.draw_placeholder(path)

    def address(self, path: str) -> str:
        """Return the address of this asset in the built site, without the site's base."""
        suffix = PurePosixPath(path).suffix
        if not self.is_hashed(path):
            return "/" + plain_name(path)
        return f"/{path.removesuffix(suffix)}.{self.name(path)}{suffix}"

    def is_hashed(self, path: str) -> bool:
        """Whether the address changes with the content."""
        return self.hashed and PurePosixPath(path).suffix in HASHED_TYPES and not is_untouched(path)

    def name(self, path: str) -> str:
        """Return the hash of this file and of every file it refers to."""
        if path not in self._names:
            parts = ((each, self._digest(each)) for each in self.family(path))
            self._names[path] = digest(*chain.from_iterable(parts))
        return self._names[path]

    def _digest(self, path: str) -> str:
        return self.folder.digest(path) if path in self._own else digest(self.raw(path))

    def family(self, path: str) -> list[str]:
        """Return this path, and those it refers to, directly or not."""
        family, waiting = {path}, [path]
        while waiting:
            new = set(self._references(waiting.pop())) - family
            family |= new
            waiting += new
        return [path, *sorted(family - {path})]

    def _references(self, path: str) -> list[str]:
        return [
            target
            for pattern in patterns(path)
            for match in pattern.finditer(self._text(path))
            if (target := self._target(path, match["target"]))
        ]

    def _target(self, path: str, reference: str) -> str | None:
        """Return the path of the asset that `reference`, written in `path`, means; None for anything else."""
        parts = urlsplit(reference)
        if parts.scheme or parts.netloc or not parts.path:
            return None
        target = normpath(join("/", str(PurePosixPath(path).parent), unquote(parts.path))).lstrip("/")
        return target if target in self else None

    def _text(self, path: str) -> str:
        try:
            return self.raw(path).decode()
        except UnicodeDecodeError:
            raise SiteError(self.folder.place(path), "is not UTF-8 text") from None

    def finished(self, path: str) -> bytes:
        """Return the bytes to publish: references rewritten, style sheets and scripts minified."""
        if not patterns(path) or is_untouched(path):
            return self.raw(path)
        text = self._text(path)
        is_built_already = SOURCE_MAP.search(text)
        for pattern in patterns(path):
            text = pattern.sub(lambda match: self._rewritten(path, match), text)
        return (text if is_built_already else minified(path, text)).encode()

    def _rewritten(self, path: str, match: re.Match[str]) -> str:
        reference = match["target"]
        target = self._target(path, reference)
        if not target:
            return match[0]
        parts = urlsplit(reference)
        address = self.address(target)
        if not parts.path.startswith("/"):
            address = str(PurePosixPath(address).relative_to(PurePosixPath("/" + path).parent, walk_up=True))
            # A module may not be named without the dot.
            if reference.startswith(".") and not address.startswith("."):
                address = "./" + address
        return match["before"] + parts._replace(path=address).geturl()

    # Pictures

    def size(self, path: str) -> tuple[int, int] | None:
        """Return width and height of a picture, or None where the file does not say."""
        return pictures.size(self.raw(path), self.folder.place(path))

    def variants(self, path: str) -> list[tuple[int, str]]:
        """Return the narrower versions of a picture: their widths and their addresses."""
        if not self.hashed or path not in self or not pictures.can_resize(path) or not (size := self.size(path)):
            return []
        stem, _, suffix = self.address(path).rpartition(".")
        return [(width, f"{stem}.{width}w.{suffix}") for width in pictures.WIDTHS if width < size[0]]

    def variant(self, path: str, width: int) -> bytes:
        """Return the bytes of a picture at this width."""
        return pictures.resized(self.raw(path), width, self.folder.place(path))

    def describe(self, path: str) -> tuple[str, tuple[int, int] | bool | None] | None:
        """Return all of an asset that a page can show."""
        if path not in self:
            return None
        return self.address(path), pictures.is_picture(path) and self.size(path)


def plain_name(path: str) -> str:
    """Return where a file is published under its own name."""
    return path.removeprefix("public/")


def patterns(path: str) -> list[re.Pattern[str]]:
    """Return the patterns of the references that a file of this kind can have."""
    return REFERENCES.get(PurePosixPath(path).suffix, [])


def minified(path: str, text: str) -> str:
    """Return a minified style sheet or script."""
    import minify_html  # here, since few builds need it

    kind = "style" if path.endswith(".css") else "script"
    if f"</{kind}" in text.lower():
        return text
    module = " type=module" if re.search(r"^\s*(?:import|export)\b", text, re.MULTILINE) else ""
    opening = f"<{kind}{module}>"
    html = minify_html.minify(f"{opening}{text}</{kind}>", minify_css=True, minify_js=True)
    return html.removeprefix(opening).removesuffix(f"</{kind}>")
