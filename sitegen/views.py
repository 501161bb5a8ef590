"""The preview: the site as it is in the folder now, through the same rendering as the build.

With SITE_LIVE, for whoever writes the pages, the preview reloads after changes and explains errors.
"""

import logging
from functools import lru_cache
from linecache import checkcache, getline
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from .document import Facts
from .engine import render_own
from .errors import SiteError
from .feeds import machine_files
from .folder import Folder
from .pages import Page
from .render import RenderedSite
from .settings import Options

logger = logging.getLogger(__name__)
LIVE_SCRIPT = "static/sitegen/live.js"


@login_not_required
@require_safe
@never_cache
def preview(request: HttpRequest, path: str = "") -> HttpResponse:
    """Respond with the page, asset or generated file at this address of the site; 404 for any other."""
    try:
        site = open_site()
        if site.everywhere:
            raise site.everywhere[0]
        response = respond(site, path)
        set_policy(response, site.settings["policy"])
        return response
    except SiteError as error:
        return explained_error(error) if is_live() else plain_error(request, error)


def open_site() -> RenderedSite:
    options = Options(
        drafts=getattr(settings, "SITE_DRAFTS", False),
        future=getattr(settings, "SITE_FUTURE", False),
        base=reverse("sitegen:preview"),
    )
    return RenderedSite(Folder(settings.SITE_PAGES), options)


def set_policy(response: HttpResponse, policy: str | bool) -> None:
    """Send the policy that the published pages carry, not the project's own."""
    if policy:
        response.headers["Content-Security-Policy"] = str(policy)
    else:
        response._csp_config = {}  # type: ignore[attr-defined]  # as csp_override() does


def is_live() -> bool:
    return getattr(settings, "SITE_LIVE", False)


def respond(site: RenderedSite, path: str) -> HttpResponse:
    slug = path.strip("/") or "index"
    page = site.by_slug.get("404" if path == "404.html" else slug)
    if slug in site.broken:
        raise site.broken[slug]
    if page and path not in (page.file, page.url.lstrip("/")):
        return HttpResponsePermanentRedirect(site.base + quote(page.url.lstrip("/")))
    if page:
        return rendered(site, page)
    content = asset(site, path) or generated(site, path)
    if content is None:
        return rendered(site, site.by_slug["404"], status=404)
    return HttpResponse(content, content_type=content_type(path))


def rendered(site: RenderedSite, page: Page, status: int = 200) -> HttpResponse:
    script = site.base + LIVE_SCRIPT if is_live() else None
    return HttpResponse(site.render(page, script).html, status=status)


def asset(site: RenderedSite, path: str) -> bytes | None:
    path = site.assets.published.get(path, path)
    try:
        return site.assets.raw(path) if path in site.assets else None
    except LookupError:
        return None


def generated(site: RenderedSite, path: str) -> str | None:
    """Return sitemap, feed, search index or redirect, or None where `path` is none of them."""
    slugs = tuple(page.slug for page in site.pages)
    files = machine_files(site, lambda: facts_of(site.folder.root, site.options, site.folder.fingerprint(), slugs))
    make = files.get(path) or files.get(f"{path}index.html")
    return make() if make else None


@lru_cache(maxsize=1)
def facts_of(root: Path, options: Options, fingerprint: str, slugs: tuple[str, ...]) -> dict[str, Facts]:
    """Return the facts of all pages by slug: made once, until a file changes, or time makes pages appear."""
    site = RenderedSite(Folder(root), options)
    return {page.slug: site.render(page).facts for page in site.pages}


def content_type(path: str) -> str:
    kind = guess_type(path)[0] or ("text/html" if path.endswith("/") else "application/octet-stream")
    is_text = kind.startswith("text/") or kind.endswith(("xml", "json", "javascript"))
    return f"{kind}; charset=utf-8" if is_text else kind


def plain_error(request: HttpRequest, error: SiteError) -> HttpResponse:
    """Respond with the project's plain error page; paths and sources go to the log."""
    logger.error("%s is not shown: %s", request.path, error)
    return server_error(request)


def explained_error(error: SiteError) -> HttpResponse:
    """Respond with the error, its place and the text there; the page reloads itself."""
    base = reverse("sitegen:preview")
    checkcache()
    text = getline(error.problem.file, error.problem.line or 0)
    html = render_own("error.html", problem=error.problem, text=text, base=base, live=base + LIVE_SCRIPT)
    return HttpResponse(html, status=500)
