"""The old addresses that lead to new ones."""

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from .addresses import clean_path
from .errors import SiteError
from .folder import PAGE_TYPES, SETTINGS_FILE
from .navigation import find_page
from .site import Site

SAFE_ADDRESS = re.compile(r"/(?:[^/\x00-\x1f?#*<>\"\\|]+/)*(?:[^/\x00-\x1f?#*<>\"\\|]+\.html?)?")


def read_redirects(site: Site) -> tuple[dict[str, str], list[SiteError]]:
    """Return the new address of each old one, from site.yaml and from the pages, and what cannot be one."""
    redirects: dict[str, str] = {}
    problems: list[SiteError] = []
    taken = {page.url for page in site.pages}
    for old, new, source in written_redirects(site):
        address = old_address(old, site.settings["slugs"])
        if not SAFE_ADDRESS.fullmatch(address) or ".." in address.split("/"):
            reason = f"the redirect {old!r} must look like “/old/address/”"
        elif address in taken:
            reason = f"{address} is a redirect and a page"
        elif redirects.setdefault(address, new) != new:
            reason = f"{address} redirects to {redirects[address]} and to {new}"
        else:
            continue
        problems.append(site.folder.error_at(source, reason, old))
    return redirects, problems


def written_redirects(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield each old address, the new one, and the file that says so."""
    for old, new in site.settings["redirects"].items():
        page = find_page(site.by_name, str(new)) if str(new).endswith(PAGE_TYPES) else None
        yield str(old), page.url if page else str(new), SETTINGS_FILE
    for page in site.written:
        for old in page.metadata.get("redirect_from") or ():
            yield old, page.url, page.source


def old_address(old: str, kind: str) -> str:
    """Return the address that is meant: of a page that was, in a folder unless it ends in .html."""
    if old.endswith(".md"):
        old = clean_path(old.lstrip("/"), kind)
    address = re.sub(r"/index\.html?$", "/", "/" + unquote(old).lstrip("/"))
    return address if address.endswith(("/", ".html", ".htm")) else f"{address}/"


def wrong_redirects(redirects: Mapping[str, str], is_there: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with redirects in a circle and those to what is no page or file, and their old addresses."""
    for old, new in redirects.items():
        seen, at = {old}, address_here(new, redirects)
        while at in redirects and at not in seen:
            seen.add(at)
            at = address_here(redirects[at], redirects)
        if at in seen:
            yield f"the redirect {old} leads in a circle", old
        elif at and len(seen) == 1 and not is_there(at):
            yield f"the redirect {old} leads to {new}, which is no page", old


def address_here(new: str, redirects: Mapping[str, str]) -> str:
    """Return the address of this site that a redirect leads to; nothing for another site's."""
    parts = urlsplit(new)
    if parts.scheme or parts.netloc:
        return ""
    address = "/" + unquote(parts.path).lstrip("/")
    return address if address in redirects or f"{address}/" not in redirects else f"{address}/"
