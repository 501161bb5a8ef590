"""What the names in a trace stand for: a page is rendered again where one of them does so no longer."""

from collections.abc import Callable

from django.template.defaultfilters import date

from .folder import digest
from .site import Site

KINDS: dict[str, Callable[[Site, str], object]] = {
    "setting": lambda site, name: site.settings.get(name),
    "data": lambda site, name: site.data.get(name),
    "datas": lambda site, _: sorted(site.data),
    "collection": lambda site, name: site.collections.get(name, ()),
    "collections": lambda site, _: sorted(site.collections),
    "tag": lambda site, name: site.tags.get(name, ()),
    "tags": lambda site, _: [(tag, len(pages)) for tag, pages in site.tags.items()],
    "pages": lambda site, _: site.pages,
    "navigation": lambda site, slug: site.children.get(slug, ()) if slug else site.navigation,
    "breadcrumbs": lambda site, slug: site.breadcrumbs(site.by_slug[slug]),
    "neighbours": lambda site, slug: site.neighbours(site.by_slug[slug]),
    "content": lambda site, slug: site.by_slug[slug].digest,
    "url": lambda site, slug: site.by_slug[slug].url,
    "source": lambda site, source: site.by_source[source].url,
    "template": lambda site, name: site.folder.digest(site.folder.layouts[name]),
    "asset": lambda site, path: site.assets.describe(path),
    "variants": lambda site, path: site.assets.variants(path),
    "feeds": lambda site, _: site.feeds,
    "now": lambda site, pattern: date(site.now, pattern),
}


def fingerprint(site: Site, name: str) -> str:
    """Return a short text that changes when what `name` stands for in a trace does. Raises SiteError."""
    if name not in site.fingerprints:
        kind, _, rest = name.partition(":")
        try:
            value = KINDS[kind](site, rest)
        except LookupError:  # there is none
            value = None
        site.fingerprints[name] = digest(repr(value))
    return site.fingerprints[name]
