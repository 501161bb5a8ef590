"""Machine-readable files: sitemap.xml, robots.txt, Atom feeds, redirects, the search index."""

import json
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from urllib.parse import quote, urljoin

from .document import Facts
from .engine import render_own
from .pages import CONTROL_CHARACTER, Page
from .render import RenderedSite
from .site import SITE_FEED, Site


def machine_files(site: RenderedSite, facts: Callable[[], dict[str, Facts]]) -> dict[str, Callable[[], str]]:
    """Return a function that makes the text of each generated file, by its path.

    `facts` returns the facts of every page by slug.
    """
    robots = f"User-agent: *\nAllow: /\n\nSitemap: {absolute(site, '/sitemap.xml')}\n"
    files: dict[str, Callable[[], str]] = {
        "sitemap.xml": lambda: sitemap(site, facts()),
        "search.json": lambda: search_index(site, facts()),
        "robots.txt": lambda: robots,
        **{url.lstrip("/"): partial(feed, site, name, url) for name, url in site.feeds.items()},
        **{redirect_file(old): partial(redirect, site, new) for old, new in site.redirects.items()},
    }
    # A file of the folder's own with the same name is meant to be there instead.
    return {path: make for path, make in files.items() if path not in site.assets.published}


def absolute(site: Site, address: str) -> str:
    return f"{site.url}{site.base}{quote(address.lstrip('/'))}"


def sitemap(site: Site, facts: dict[str, Facts]) -> str:
    """Return the sitemap of https://www.sitemaps.org/protocol.html, without pages with noindex."""
    rows = [
        (absolute(site, page.url), page.updated and page.updated.date().isoformat()) for page in shown(site, facts)
    ]
    return render_own("sitemap.xml", rows=rows)


def shown(site: Site, facts: dict[str, Facts]) -> list[Page]:
    return [page for page in site.pages if page.slug in facts and not facts[page.slug]["hidden"]]


def search_index(site: Site, facts: dict[str, Facts]) -> str:
    """Return address, title, description and words of every page without noindex, as JSON."""
    pages = [(page, facts[page.slug]) for page in shown(site, facts) if page.number == 1]
    rows = [
        [site.base + quote(page.url.lstrip("/")), page.title, each["description"], each["words"]]
        for page, each in pages
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def feed(site: Site, name: str, url: str) -> str:
    """Return the Atom feed (RFC 4287) of a collection, or of the whole site: its newest 20 pages that have a date."""
    from django.utils.feedgenerator import Atom1Feed  # here, since it imports Django's forms

    pages, settings = (site.written, {}) if url == SITE_FEED else (site.collections[name], site.collection(name))
    dated = sorted(filter(attrgetter("date"), pages), key=attrgetter("date"), reverse=True)
    home = f"/{name}/" if url != SITE_FEED and name in site.by_slug else "/"
    atom = Atom1Feed(
        title=str(settings.get("title", site.settings["title"])),
        link=absolute(site, home),
        description=site.description,
        feed_url=absolute(site, url),
        language=str(site.settings["language"]),
        author_name=str(site.settings["author"]) or str(site.settings["title"]),
    )
    for page in dated[:20]:
        if CONTROL_CHARACTER.search(page.title + site.summary_of(page) + "".join(page.tags)):
            reason = "has a control character, which no feed may have"
            raise site.folder.error_at(page.source, reason, "\\x", "\\u", "title")
        atom.add_item(
            title=page.title,
            link=absolute(site, page.url),
            unique_id=absolute(site, page.url),
            description=site.summary_of(page),
            pubdate=page.date,
            updateddate=page.updated,
            categories=page.tags,
        )
    text: str = atom.writeString("utf-8")
    return text.replace('<summary type="html">', "<summary>")  # summaries are plain text


def redirect_file(old: str) -> str:
    return old.lstrip("/") + ("index.html" if old.endswith("/") else "")


def redirect(site: Site, new: str) -> str:
    """Return the page that leads from an old address to the new one without a server's help."""
    if new.startswith("/"):
        new = site.base + quote(new.lstrip("/"), safe="/:?#[]@!$&'()*+,;=%~")
    canonical = urljoin(site.url, new)
    return render_own("redirect.html", language=site.settings["language"], canonical=canonical, new=new)
