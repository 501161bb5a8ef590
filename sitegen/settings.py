"""What site.yaml says, checked."""

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import Problem, SiteError
from .fields import line_of_name
from .folder import SETTINGS_FILE, Folder
from .metadata import short
from .options import Options

# What every host allows, but for scripts of other sites and scripts in pages.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline' https:; img-src * data:; "
    "font-src 'self' data: https:; media-src * data:; frame-src *; connect-src 'self' https: wss:; "
    "form-action 'self' https:; base-uri 'self'"
)
DEFAULTS: dict[str, Any] = {
    "title": "Untitled site",
    "description": "",
    "author": "",
    "language": "en",
    "url": "http://localhost:8000",
    "layout": "page.html",
    "collections": {},
    "redirects": {},
    "navigation": None,
    "feed": True,
    "slugs": "unicode",
    "time_zone": "UTC",
    "policy": POLICY,
    "exclude": [],
}


def is_zone(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def is_text(value: object) -> bool:
    return isinstance(value, (str, int, float))


def is_collections(value: object) -> bool:
    expected = {"sort": str, "permalink": str, "feed": bool, "title": str}
    if not isinstance(value, dict) or not all(each is None or isinstance(each, dict) for each in value.values()):
        return False
    given = [
        (name, each[name]) for each in value.values() for name in expected if each and each.get(name) is not None
    ]
    return all(isinstance(setting, expected[name]) for name, setting in given)


EXPECTED = {
    **dict.fromkeys(("title", "description", "author", "language"), (is_text, "text")),
    "url": (
        lambda value: urlsplit(str(value)).scheme in ("http", "https"),
        "an address that begins with https://",
    ),
    "layout": (lambda value: isinstance(value, str), "the name of a layout"),
    "redirects": (lambda value: isinstance(value, dict), "old addresses with new ones"),
    "collections": (is_collections, "names of folders with sort, permalink, feed and title"),
    "navigation": (lambda value: isinstance(value, list), "a list"),
    "feed": (lambda value: isinstance(value, bool), "true or false"),
    "slugs": (lambda value: value in ("unicode", "ascii"), "unicode or ascii"),
    "time_zone": (is_zone, "a time zone such as Europe/Berlin"),
    "policy": (lambda value: isinstance(value, str) or value is False, "a Content-Security-Policy, or false"),
    "exclude": (lambda value: isinstance(value, (str, list)), "a list such as [drafts, “*.tmp”]"),
}


def read_settings(folder: Folder, options: Options) -> tuple[dict[str, Any], list[Problem], list[SiteError]]:
    """Return the settings, the warnings about them, and the SiteErrors of those that cannot be used.

    Of their own are `zone`, the time zone, `origin`, the URL without its path, and `base`, the path the site is
    published under.
    """
    file, written = folder.place(SETTINGS_FILE), folder.settings
    source = folder.read_text(SETTINGS_FILE) if written else ""
    settings, problems, warnings = dict(DEFAULTS), [], []
    for name, value in written.items():
        is_expected, expected = EXPECTED.get(name, (lambda value: True, ""))
        if value is not None and not is_expected(value):
            reason = f"“{name}” must be {expected}, not {short(value)}"
            problems.append(SiteError(file, reason, line_of_name(name, source)))
        elif value is not None:
            settings[name] = value
    if options.url and urlsplit(options.url).scheme not in ("http", "https"):
        problems.append(SiteError("--url", f"must be {EXPECTED['url'][1]}, not {short(options.url)}"))
    settings["url"] = options.url or settings["url"]
    parts = urlsplit(str(settings["url"]))
    settings |= {"zone": ZoneInfo(settings["time_zone"]), "origin": f"{parts.scheme}://{parts.netloc}"}
    path = f"/{parts.path.strip('/')}/".replace("//", "/")
    settings["base"] = path if options.base is None else options.base
    if path not in ("/", settings["base"]) and not options.is_preview:
        reason = f"the site is built for {settings['base']}, but “url” has the path {path}"
        warnings.append(Problem(file, line_of_name("url", source), reason))
    return settings, warnings, problems
