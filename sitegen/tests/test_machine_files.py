import json
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

ATOM = "{http://www.w3.org/2005/Atom}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def blog(site):
    site.write(
        "site.yaml", "title: A & B\nurl: https://site.example\nauthor: Alex\nredirects: {/was/: /blog/one/}\n"
    )
    site.write("index.md", "# Home\n")
    site.write("blog/one.md", "---\ntitle: One & only\ndate: 2026-01-01\ntags: [x]\n---\nThe *first* text & <3.\n")
    site.write(
        "blog/two.md", "---\ntitle: Two\ndate: 2026-01-02\nupdated: 2026-02-02\nredirect_from: [/2.html]\n---\n"
    )
    site.build()
    return site


def test_the_sitemap_has_every_page_and_its_date(blog):
    urls = {
        url.findtext(f"{MAPS}loc"): url.findtext(f"{MAPS}lastmod")
        for url in ElementTree.fromstring(blog.html("sitemap.xml"))
    }
    assert urls == {
        "https://site.example/": None,
        "https://site.example/blog/one/": "2026-01-01",
        "https://site.example/blog/two/": "2026-02-02",
        "https://site.example/search/": None,
    }
    assert "Sitemap: https://site.example/sitemap.xml" in blog.html("robots.txt")


def test_a_dated_collection_has_a_feed_newest_first(blog):
    feed = ElementTree.fromstring(blog.html("blog/feed.xml"))
    assert feed.findtext(f"{ATOM}title") == "A & B"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Two", "One & only"]
    assert entries[1].findtext(f"{ATOM}summary") == "The first text & <3."
    assert entries[1].find(f"{ATOM}summary").attrib == {}  # plain text, not HTML
    assert entries[0].findtext(f"{ATOM}updated") == "2026-02-02T00:00:00+00:00"
    link = LexborHTMLParser(blog.html("index.html")).css_first("link[type='application/atom+xml']")
    assert (link.attributes["href"], link.attributes["title"]) == ("/blog/feed.xml", "blog")


def test_old_addresses_lead_to_the_new_ones(blog):
    assert 'content="0; url=/blog/one/"' in blog.html("was/index.html")
    assert 'content="0; url=/blog/two/"' in blog.html("2.html")
    assert 'href="https://site.example/blog/two/"' in blog.html("2.html")


def test_pages_say_their_canonical_address_and_what_chats_show(blog):
    head = LexborHTMLParser(blog.html("blog/one/index.html")).head
    assert head.css_first("link[rel=canonical]").attributes["href"] == "https://site.example/blog/one/"
    properties = {meta.attributes["property"]: meta.attributes["content"] for meta in head.css("meta[property]")}
    assert properties == {
        "og:title": "One & only",
        "og:type": "article",
        "og:url": "https://site.example/blog/one/",
        "og:site_name": "A & B",
        "og:description": "The first text & <3.",
    }


def test_a_layout_that_says_so_itself_is_not_contradicted(blog):
    head = "<title>x</title><link rel=canonical href=/x/><meta property=og:title content=Mine>"
    blog.write("own.html", f"<html lang=en><head>{head}</head><body></body></html>")
    blog.build()
    html = blog.html("own/index.html")
    assert html.count("canonical") == html.count("og:title") == 1


def test_the_search_index_has_the_words_of_every_page(blog):
    pages = {row[0]: row[1:] for row in json.loads(blog.html("search.json"))}
    assert pages["/blog/one/"][0] == "One & only"
    assert {"the", "first", "text"} <= set(pages["/blog/one/"][2].split())
    assert "/404.html" not in pages


@pytest.mark.parametrize("name", ["robots.txt", "sitemap.xml", "search.json", "blog/feed.xml"])
def test_a_file_of_the_folder_stands_instead_of_a_generated_one(blog, name):
    blog.write(name, "[]")
    blog.build()
    names = [path for path in blog.files() if path.partition(".")[0] == name.partition(".")[0]]
    assert [blog.html(path) for path in names] == ["[]"]
    assert names == [name]


def test_every_site_has_a_page_for_what_is_not_found(blog):
    assert "Page not found" in blog.html("404.html")
    blog.write("404.md", "# Lost?\n")
    blog.build()
    assert "Lost?" in blog.html("404.html")
    assert "404" not in blog.html("sitemap.xml")
