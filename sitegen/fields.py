"""The names in front matter that have a meaning, in any case and as other generators call them."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from typing import Any

from .errors import SiteError
from .metadata import Metadata, line_at, short

# Names of Hugo, Zola, Jekyll, Eleventy and MkDocs, and ours.
ALIASES = {
    "lastmod": "updated",
    "last_modified_at": "updated",
    "modified": "updated",
    "aliases": "redirect_from",
    "weight": "order",
    "nav_order": "order",
    "url": "permalink",
    "path": "permalink",
    "publishdate": "publish_date",
    "expirydate": "expiry_date",
}
TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
# A function that converts a value or raises, and the kind of value that it expects.
type Kind = tuple[Callable[[Any], Any], str]


def to_text(value: Any) -> str:
    # A bare “no” is false in YAML.
    if isinstance(value, bool) or not isinstance(value, (str, int, float, date, type(None))):
        raise ValueError
    return "" if value is None else str(value)


def to_bool(value: Any) -> bool:
    """Return what a value says; no value says nothing, and guessing might publish a draft."""
    return TRUTH[str(value).strip().casefold()]


def to_list(value: Any) -> list[str]:
    """Return a list of texts, of which one may stand for itself."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [to_text(item) for item in values if item is not None]


def to_datetime(value: Any) -> datetime | None:
    """Convert a date, a datetime or ISO text."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", value.strip()))
    return value if isinstance(value, datetime) else datetime.combine(value, time.min)


def only(is_expected: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Return what takes values as they are, and raises ValueError for others."""

    def convert(value: Any) -> Any:
        if not is_expected(value):
            raise ValueError
        return value

    return convert


FIELDS: dict[str, Kind] = {
    "title": (to_text, "text"),
    "description": (to_text, "text"),
    "image": (to_text, "the path of a picture"),
    "layout": (
        only(lambda value: value is None or value is False or isinstance(value, str)),
        "the name of a layout",
    ),
    **dict.fromkeys(
        ("date", "updated", "publish_date", "expiry_date"), (to_datetime, "a date such as 2026-11-22")
    ),
    "tags": (to_list, "a list such as [news, team]"),
    "redirect_from": (to_list, "a list of addresses such as [/old/]"),
    **dict.fromkeys(("draft", "published", "render", "headless", "navigation"), (to_bool, "true or false")),
    "order": (only(lambda value: value is None or type(value) in (int, float)), "a number"),
    "slug": (to_text, "text"),
    "permalink": (
        only(lambda value: value is False or (isinstance(value, str) and bool(value) and "{" not in value)),
        "an address such as /about/us/, without tags",
    ),
    "paginate": (only(lambda value: value is None or isinstance(value, str)), "the name of a collection"),
    "per_page": (only(lambda value: type(value) is int and value > 0), "a number above 0"),
    "each": (only(lambda value: value == "tags"), "“tags”"),
}


def convert_fields(metadata: Metadata, source: str, file: str, zone: tzinfo) -> Metadata:
    """Return the metadata with known names in our spelling, and their values converted; dates are in `zone`.

    Raises SiteError for a name that is given twice, and a value that is not of the kind its name promises.
    """
    fields: Metadata = {}
    given: set[str] = set()
    for written, value in metadata.items():
        name = field_name(written, value)
        if name in given:
            raise SiteError(file, f"“{name}” is given twice", line_of_name(written, source))
        given.add(name)
        if name in FIELDS:
            value = converted(value, FIELDS[name], written, source, file)
            if isinstance(value, datetime):
                value = value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)
        fields[name] = value
        fields.setdefault(written, value)
    taxonomies = fields.get("taxonomies")  # Zola's
    if isinstance(taxonomies, dict) and isinstance(taxonomies.get("tags"), list):
        fields.setdefault("tags", to_list(taxonomies["tags"]))
    return fields


def converted(value: Any, kind: Kind, name: str, source: str, file: str) -> Any:
    """Return a value as its kind has it. Raises SiteError with the line of its name."""
    convert, expected = kind
    try:
        return convert(value)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        reason = f"“{name}” must be {expected}, not {short(value)}"
        raise SiteError(file, reason, line_of_name(name, source)) from None


def field_name(written: str, value: object) -> str:
    name = written.casefold()
    name = ALIASES.get(name, name)
    # “template” is a switch of ours and a layout of Zola's.
    if name == "template" and isinstance(value, str):
        return "layout"
    return name if name in FIELDS or name == "template" else written


def line_of_name(name: str, source: str) -> int | None:
    match = re.search(rf"^[^\w\n]*{re.escape(name)}[^\w\n]*[:=]", source, re.MULTILINE)
    return line_at(source, match.start()) if match else None
