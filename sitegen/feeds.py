"""Machine-readable files: sitemap.xml, robots.txt, Atom feeds, redirects, the search index."""

import json
from html import escape
from operator import itemgetter
from urllib.parse import quote, urljoin

from django.utils.html import format_html

from .facts import Facts
from .pages import to_datetime
from .site import PageView, Site

REDIRECT = (
    '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title>'
    '<meta name="robots" content="noindex"><link rel="canonical" href="{}">'
    '<meta http-equiv="refresh" content="0; url={}"></head>'
    '<body><main><h1>This page has moved</h1><p><a href="{}">{}</a></p></main></body></html>'
)


def machine_files(site: Site, facts: dict[str, Facts]) -> dict[str, str]:
    """Return the text of each generated file by its path.

    `facts` holds the facts of every page by slug.
    """
    files = {
        "sitemap.xml": sitemap(site, facts),
        "search.json": search_index(site, facts),
        "robots.txt": f"User-agent: *\nAllow: /\n\nSitemap: {absolute(site, '/sitemap.xml')}\n",
        **{url.lstrip("/"): feed(site, name, url) for name, url in site.feeds.items()},
        **{redirect_file(old): redirect(site, new) for old, new in site.redirects.items()},
    }
    # A file of the folder's own with the same name is meant to be there instead.
    return {path: text for path, text in files.items() if path not in site.assets}


def absolute(site: Site, address: str) -> str:
    return site.url + site.options.base + quote(address.lstrip("/"))


def sitemap(site: Site, facts: dict[str, Facts]) -> str:
    """Return the sitemap of https://www.sitemaps.org/protocol.html, without pages with noindex."""
    rows = []
    for page in site.pages:
        if page.slug not in facts or facts[page.slug]["hidden"]:
            continue
        updated = PageView(site, page).updated
        lastmod = f"<lastmod>{updated.date().isoformat()}</lastmod>" if updated else ""
        rows.append(f"<url><loc>{escape(absolute(site, page.url))}</loc>{lastmod}</url>")
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{}">\n{}\n</urlset>\n'.format(
        namespace, "\n".join(rows)
    )


def search_index(site: Site, facts: dict[str, Facts]) -> str:
    """Return address, title, description and words of every page without noindex, as JSON."""
    rows = [
        [
            site.options.base + page.url.lstrip("/"),
            page.title,
            facts[page.slug]["description"],
            facts[page.slug]["words"],
        ]
        for page in site.pages
        if page.slug in facts and not facts[page.slug]["hidden"] and page.number == 1
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def feed(site: Site, name: str, url: str) -> str:
    """Return the Atom feed (RFC 4287) of a collection: its newest 20 pages that have a date."""
    from django.utils.feedgenerator import Atom1Feed  # brings Django's forms along

    dated = [(page.date, page) for page in site.collections[name] if page.date]
    dated.sort(key=itemgetter(0), reverse=True)
    settings = site.collection_settings(name)
    atom = Atom1Feed(
        title=str(settings.get("title", site.settings["title"])),
        link=absolute(site, f"/{name}/" if name in site.by_slug else "/"),
        description=str(site.settings["description"]),
        feed_url=absolute(site, url),
        language=str(site.settings["language"]),
        author_name=str(site.settings["author"]) or str(site.settings["title"]),
    )
    for published, page in dated[:20]:
        atom.add_item(
            title=page.title,
            link=absolute(site, page.url),
            unique_id=absolute(site, page.url),
            description=str(PageView(site, page).summary),
            pubdate=published,
            updateddate=to_datetime(page.metadata.get("updated") or published),
            categories=[str(tag) for tag in page.tags],
        )
    return atom.writeString("utf-8")


def redirect_file(old: str) -> str:
    return old.lstrip("/") + ("index.html" if old.endswith("/") else "")


def redirect(site: Site, new: str) -> str:
    """Return the page that leads from an old address to the new one without a server's help."""
    if new.startswith("/"):
        new = site.options.base + new.lstrip("/")
    canonical = urljoin(site.url, new)
    return format_html(REDIRECT, site.settings["language"], "This page has moved", canonical, new, new, new)
