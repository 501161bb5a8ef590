"""What site.yaml says, checked, and what it does not decide: the options of a build and the time of it."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from .errors import Problem, SiteError
from .fields import Kind, converted, line_of_name, only, to_bool, to_list, to_text
from .folder import SETTINGS_FILE, Folder
from .metadata import short

# What every host allows, but for scripts of other sites and scripts in pages.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline' https:; img-src * data:; "
    "font-src 'self' data: https:; media-src * data:; frame-src *; connect-src 'self' https: wss:; "
    "form-action 'self' https:; base-uri 'self'"
)
INLINE = ("'unsafe-inline", "'sha", "'nonce")
NOT_SCRIPTS = ("json", "importmap", "template", "speculationrules")
ANYTHING = only(lambda value: True)
NAME = only(lambda value: isinstance(value, str))
COLLECTION = {"sort": NAME, "permalink": NAME, "feed": to_bool, "title": to_text}


# Of an element of HTML.
type Attributes = dict[str, str | None]


@dataclass(frozen=True)
class Options:
    """What the site's own settings do not decide.

    `base` is the path of the site; without one it is that of its URL. `release` compresses as much as possible.
    """

    drafts: bool = False
    future: bool = False
    base: str | None = None
    url: str | None = None
    release: bool = False


def is_address(value: object) -> bool:
    return urlsplit(str(value)).scheme in ("http", "https")


TEXT: Kind = (to_text, "text")
ADDRESS: Kind = (only(is_address), "an address that begins with https://")


def to_collections(value: Any) -> dict[str, dict[str, Any]]:
    """Return the settings of each collection that has some."""
    given = {name: {key: each[key] for key in each or () if each[key] is not None} for name, each in value.items()}
    return {name: {key: COLLECTION.get(key, ANYTHING)(each[key]) for key in each} for name, each in given.items()}


# The default of each setting, and its kind.
SETTINGS: dict[str, tuple[Any, Kind]] = {
    "title": ("Untitled site", TEXT),
    "description": ("", TEXT),
    "author": ("", TEXT),
    "language": ("en", TEXT),
    "url": ("http://localhost:8000", ADDRESS),
    "layout": ("page.html", (NAME, "the name of a layout")),
    "redirects": ({}, (dict, "old addresses with new ones")),
    "collections": ({}, (to_collections, "names of folders with sort, permalink, feed and title")),
    "navigation": (None, (only(lambda value: isinstance(value, list)), "a list")),
    "feed": (True, (to_bool, "true or false")),
    "slugs": ("unicode", (only(lambda value: value in ("unicode", "ascii")), "unicode or ascii")),
    "time_zone": (ZoneInfo("UTC"), (ZoneInfo, "a time zone such as Europe/Berlin")),
    "policy": (
        POLICY,
        (only(lambda value: isinstance(value, str) or value is False), "a Content-Security-Policy, or false"),
    ),
    "exclude": ([], (to_list, "a list such as [drafts, “*.tmp”]")),
}


def read_settings(folder: Folder, options: Options) -> tuple[dict[str, Any], list[Problem], list[SiteError]]:
    """Return the settings, the warnings about them, and the SiteErrors of those that cannot be used.

    Of their own are `origin`, the URL without its path, and `base`, the path the site is published under.
    """
    file, problems, warnings = folder.place(SETTINGS_FILE), [], []
    settings = {name: default for name, (default, _) in SETTINGS.items()}
    source = folder.read_text(SETTINGS_FILE) if folder.settings else ""
    for name, value in folder.settings.items():
        try:
            if value is not None:
                _, kind = SETTINGS.get(name, (None, (ANYTHING, "")))
                settings[name] = converted(value, kind, name, source, file)
        except SiteError as error:
            problems.append(error)
    if options.url and not is_address(options.url):
        problems.append(SiteError("--url", f"must be {ADDRESS[1]}, not {short(options.url)}"))
    settings["url"] = options.url or settings["url"]
    parts = urlsplit(str(settings["url"]))
    path = f"/{parts.path.strip('/')}/".replace("//", "/")
    settings |= {
        "origin": f"{parts.scheme}://{parts.netloc}",
        "base": path if options.base is None else options.base,
    }
    if path not in ("/", settings["base"]):
        reason = f"the site is built for {settings['base']}, but “url” has the path {path}"
        warnings.append(Problem(file, line_of_name("url", source), reason))
    return settings, warnings, problems


def build_time() -> datetime:
    """Return the time that counts as now: SOURCE_DATE_EPOCH where it is set.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(seconds) if seconds else int(time.time()), UTC)
    except (ValueError, OverflowError):
        raise SiteError("SOURCE_DATE_EPOCH", f"must be a number of seconds, not {seconds!r}") from None


def scripts_allowed(policy: str) -> set[str]:
    """Return the sources that a policy lets scripts come from; nothing where it says nothing of scripts."""
    directives = {words[0]: set(words[1:]) for each in policy.split(";") if (words := each.split())}
    return directives.get("script-src") or directives.get("default-src") or set()


def blocked_script(tag: str, attributes: Attributes, allowed: set[str]) -> str | None:
    """Return the text of a script, or the name of a handler, that may not run, if there is one."""
    may_run_inline = any(each.startswith(INLINE) for each in allowed)
    handler = next((f"{name}=" for name in attributes if name.startswith("on")), None)
    if tag != "script" or any(kind in (attributes.get("type") or "") for kind in NOT_SCRIPTS):
        return None if may_run_inline else handler
    source = attributes.get("src") or ""
    if not source:
        return None if may_run_inline else "<script>"
    host = urlsplit(source).netloc
    return source if host and not any(each in ("*", "https:") or host in each for each in allowed) else None
