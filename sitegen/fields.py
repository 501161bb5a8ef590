"""The names in front matter that have a meaning, in any case and as other generators call them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from .errors import SiteError
from .metadata import Metadata, short

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
DATE = "a date such as 2026-11-22"


def to_text(value: Any) -> str:
    # A bare “no” is false in YAML.
    if isinstance(value, bool) or not isinstance(value, (str, int, float, date, type(None))):
        raise ValueError
    return "" if value is None else str(value)


def to_string(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ValueError


def to_bool(value: Any) -> bool:
    """Return what a value says; no value says nothing, and guessing might publish a draft."""
    return TRUTH[str(value).strip().casefold()]


def to_list(value: Any) -> list[str]:
    """Return a list of texts, of which one may stand for itself."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [to_text(item) for item in values if item is not None]


def to_number(value: Any) -> float | None:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    raise ValueError


def to_count(value: Any) -> int:
    if isinstance(value, int) and value > 0:
        return value
    raise ValueError


def to_permalink(value: Any) -> str | bool:
    if value is False or (isinstance(value, str) and value and "{" not in value):
        return value
    raise ValueError


def to_layout(value: Any) -> Any:
    """Return the name of a layout; null and false mean none."""
    return value if isinstance(value, str) else {None: None, False: None}[value]


def to_each(value: Any) -> str:
    return {"tags": "tags"}[value]


def to_datetime(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """Convert a date, a datetime or ISO text; without a zone it is in `zone`."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", value.strip()))
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    moment: datetime = value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)
    return moment


FIELDS: dict[str, tuple[Callable[..., Any], str]] = {
    "title": (to_text, "text"),
    "description": (to_text, "text"),
    "image": (to_text, "the path of a picture"),
    "layout": (to_layout, "the name of a layout"),
    "date": (to_datetime, DATE),
    "updated": (to_datetime, DATE),
    "publish_date": (to_datetime, DATE),
    "expiry_date": (to_datetime, DATE),
    "tags": (to_list, "a list such as [news, team]"),
    "redirect_from": (to_list, "a list of addresses such as [/old/]"),
    "draft": (to_bool, "true or false"),
    "published": (to_bool, "true or false"),
    "render": (to_bool, "true or false"),
    "headless": (to_bool, "true or false"),
    "navigation": (to_bool, "true or false"),
    "order": (to_number, "a number"),
    "slug": (to_text, "text"),
    "permalink": (to_permalink, "an address such as /about/us/, without tags"),
    "paginate": (to_string, "the name of a collection"),
    "per_page": (to_count, "a number above 0"),
    "each": (to_each, "“tags”"),
}
DATES = {name for name, (convert, _) in FIELDS.items() if convert is to_datetime}


def convert_fields(metadata: Metadata, source: str, file: str, zone: tzinfo) -> Metadata:
    """Return the metadata with known names in our spelling, and their values converted.

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
            convert, expected = FIELDS[name]
            try:
                value = convert(value, zone) if name in DATES else convert(value)
            except (LookupError, TypeError, ValueError, OverflowError):
                reason = f"“{written}” must be {expected}, not {short(value)}"
                raise SiteError(file, reason, line_of_name(written, source)) from None
        fields[name] = value
        fields.setdefault(written, value)
    taxonomies = fields.get("taxonomies")  # Zola's
    if isinstance(taxonomies, dict) and isinstance(taxonomies.get("tags"), list):
        fields.setdefault("tags", to_list(taxonomies["tags"]))
    return fields


def field_name(written: str, value: object) -> str:
    name = written.casefold()
    name = ALIASES.get(name, name)
    # “template” is a switch of ours and a layout of Zola's.
    if name == "template" and isinstance(value, str):
        return "layout"
    return name if name in FIELDS or name == "template" else written


def line_of_name(name: str, source: str) -> int | None:
    return line_of(rf"^[^\w\n]*{re.escape(name)}[^\w\n]*[:=]", source)


def line_of(pattern: str, text: str) -> int | None:
    """Return the number of the first line in which `pattern` begins, or None."""
    match = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else None
