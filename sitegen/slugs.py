"""Names as parts of addresses."""

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii

DATED_NAME = re.compile(r"\A(?P<date>\d{4}-\d\d-\d\d)[-_](?=[^.])")
# Signs that need escapes in addresses, that file systems refuse, or that cannot be seen.
UNREADABLE = re.compile(
    r"[\s\x00-\x2c\x3a-\x40\x5b-\x5e\x60\x7b-\xa0\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]+"
)


def clean_path(path: str, kind: str) -> str:
    """Return the address that a path makes: `blog/Über uns.md` is `blog/Über-uns`."""
    *folders, name = path.rpartition(".")[0].split("/")
    if name in ("index", "_index"):
        return "/".join(clean(folder, kind) for folder in folders) or "index"
    return "/".join(clean(part, kind) for part in [*folders, DATED_NAME.sub("", name) or name])


def clean(part: str, kind: str = "unicode") -> str:
    """Return part of an address without signs; with the `kind` “ascii” in Latin letters."""
    part = unicodedata.normalize("NFC", part).replace("'", "").replace("\u2019", "")
    part = anyascii(part) if kind == "ascii" else part
    return UNREADABLE.sub("-", part).strip("-") if UNREADABLE.search(part) else part


def tag_addresses(tags: Iterable[str]) -> dict[str, str]:
    """Return an address for each tag; those that differ in signs or case only have addresses of their own."""
    addresses: dict[str, str] = {}
    for tag in sorted(tags, key=lambda tag: (tag.lower(), tag.swapcase())):
        wanted = (
            clean(tag.lower().replace("+", "-plus").replace("#", "-sharp").replace("/", "-")).strip(".") or "tag"
        )
        address, number = wanted, 1
        while address in addresses.values():
            number += 1
            address = f"{wanted}-{number}"
        addresses[tag] = address
    return addresses
