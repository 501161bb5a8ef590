"""The preview: the site as it is in the folder now, through the same rendering as the build.

Where SITE_LIVE is on, the reader is who writes: pages show changes by themselves, and errors are explained.
"""

import logging
import os
import threading
from functools import cache
from mimetypes import guess_type

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.template import Context, Engine
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from .engine import BUILT_IN
from .errors import SiteError
from .feeds import machine_files
from .options import Options
from .pages import Folder
from .render import RenderedSite

logger = logging.getLogger(__name__)
LIVE_SCRIPT = "static/sitegen/live.js"
_facts, _facts_lock = {}, threading.Lock()


@login_not_required
@require_safe
@never_cache
def preview(request, path=""):
    """Answer with the page, asset or generated file at this address of the site; 404 for any other."""
    try:
        site = open_site()
        if site.data_problems:
            raise site.data_problems[0]
        return answer(site, path)
    except SiteError as error:
        return explain(error) if is_live() else refuse(request, error)


def open_site():
    options = Options(
        drafts=getattr(settings, "SITE_DRAFTS", False),
        future=getattr(settings, "SITE_FUTURE", False),
        base=reverse("sitegen:preview"),
    )
    return RenderedSite(Folder(settings.SITE_PAGES), options)


def answer(site, path):
    slug = path.strip("/") or "index"
    page = site.by_slug.get("404" if path == "404.html" else slug)
    if slug in site.broken:
        raise site.broken[slug]
    if page and path not in (page.file, page.url.lstrip("/")):
        return HttpResponsePermanentRedirect(site.options.base + page.url.lstrip("/"))
    if page:
        return HttpResponse(site.render(page, live_script(site)).html)
    if path in site.assets:
        return asset(site, path)
    return generated(site, path) or not_found(site)


def is_live():
    return getattr(settings, "SITE_LIVE", False)


def live_script(site):
    return site.options.base + LIVE_SCRIPT if is_live() else None


def asset(site, path):
    try:
        return HttpResponse(site.assets.raw(path), content_type=content_type(path))
    except LookupError:
        return not_found(site)


def generated(site, path):
    """Return the answer for sitemap, feed, search index or redirect, or None where `path` is none of them."""
    if not path.endswith((".xml", ".json", ".txt", "/", ".html")):
        return None
    facts = facts_of(site) if path in ("search.json", "sitemap.xml") else {}
    files = machine_files(site, facts)
    text = files.get(path) or files.get(f"{path}index.html")
    return HttpResponse(text, content_type=content_type(path)) if text is not None else None


def facts_of(site):
    """Return the facts of all pages, by slug; they are found out once, by one request for all, for a folder as it is."""
    files = [(path, os.stat(place)) for path, place in site.folder.files.items()]
    state = [
        site.folder.root,
        site.options,
        [(path, stat.st_mtime_ns, stat.st_size) for path, stat in files],
        # Time alone makes pages appear.
        [page.slug for page in site.pages],
    ]
    with _facts_lock:
        if _facts.get("state") != state:
            found = {page.slug: vars(site.render(page).facts) for page in site.pages}
            _facts.update(state=state, found=found)
        return _facts["found"]


def content_type(path):
    kind = guess_type(path)[0] or ("text/html" if path.endswith("/") else "application/octet-stream")
    is_text = kind.startswith("text/") or kind.endswith(("xml", "json", "javascript"))
    return f"{kind}; charset=utf-8" if is_text else kind


def not_found(site):
    return HttpResponse(site.render(site.by_slug["404"], live_script(site)).html, status=404)


def refuse(request, error):
    """Answer with the project's plain error page; paths and sources are the operator's, in the log."""
    logger.error("%s is not shown: %s", request.path, error)
    return server_error(request)


def explain(error):
    """Answer with what is wrong, where, and the text that is; the page tries again by itself."""
    base = reverse("sitegen:preview")
    context = {"problem": error.problem, "base": base, "live": base + LIVE_SCRIPT}
    html = error_engine().get_template("error.html").render(Context(context))
    return HttpResponse(html, status=500)


@cache
def error_engine():
    return Engine(dirs=[BUILT_IN])
