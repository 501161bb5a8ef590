"""Built sites, crawled by a browser from a plain file server with the strict policy."""

import re
from functools import cache
from urllib.parse import urldefrag

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from sitegen.build import build_site
from sitegen.commands import start_site

BOOK_LAYOUT = """{% load static %}<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{% block title %}Rapid Prototypes{% endblock %}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{% static 'css/site.css' %}"></head>
<body id="{% block body-id %}body{% endblock %}">
<nav aria-label="Main"><a href="{% url 'homepage' %}">Home</a> <a href="{% url 'page' 'pricing' %}">Pricing</a>
<a href="{% url 'page' 'contact' %}">Contact</a> <a href="{% url 'page' 'login' %}">Sign in</a></nav>
<main>{% block content %}{{ content }}{% endblock %}</main>
</body></html>"""
BOOK_PAGES = {
    "layouts/base.html": BOOK_LAYOUT,
    "static/css/site.css": "body { margin: 2rem; color: #111; background: #fff }",
    "index.html": '{% extends "base.html" %}{% block content %}<h1>Welcome</h1>{% lorem 1 p %}{% endblock %}',
    "pricing.html": """{% extends "base.html" %}
{% block title %}{{ block.super }} - Pricing{% endblock %}
{% block context %}{"features": {"Starter": ["One", "Two"], "Plus": ["Three"]}}{% endblock %}
{% block content %}<h1>Pricing</h1>{% for name, items in features.items %}<h2>{{ name }}</h2>
<ul>{% for item in items %}<li>{{ item }}</li>{% endfor %}</ul>{% endfor %}{% endblock %}""",
    "contact.html": """{% extends "base.html" %}
{% block content %}<h1>Contact</h1>
<form><label for="m">Mail</label> <input id="m" type="email"> <button>Send</button></form>{% endblock %}""",
    "login.html": """{% extends "base.html" %}
{% block body-id %}sign-in{% endblock %}
{% block content %}<h1>Sign in</h1>
<form><label for="u">Name</label> <input id="u"> <button>Sign in</button></form>{% endblock %}""",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Returns the built site of this name, built once."""

    @cache
    def published(name):
        folder = tmp_path_factory.mktemp(name)
        if name == "starter":
            start_site(folder / "pages")
        elif name == "book":
            for path, text in BOOK_PAGES.items():
                (folder / "pages" / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / "pages" / path).write_text(text)
        pages = settings.BASE_DIR / "docs" if name == "manual" else folder / "pages"
        assert build_site(pages, folder / "public").warnings == []
        return folder / "public"

    return published


def addresses_of(folder, start):
    """Return the addresses of all pages of a built site."""
    files = sorted(folder.rglob("*.html"))
    return [f"{start}{file.relative_to(folder)}".removesuffix("index.html") for file in files]


def inaccessible(page, **rules):
    """Return what axe finds wrong with the page that is shown."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("name", ["starter", "manual", "book"])
def test_every_page_is_accessible_and_fits_a_phone_and_none_complains_or_has_a_broken_link(
    page, publish, published, name
):
    start = publish(published(name)) + "/"
    page.set_viewport_size({"width": 390, "height": 844})
    pages, links = addresses_of(published(name), start), set()
    assert len(pages) >= 4
    for number, address in enumerate(pages):
        # They share a style sheet: every second in the dark, and the contrasts, the dearest rule, of every fifth.
        page.emulate_media(color_scheme="dark" if number % 2 else "light")
        page.goto(address)
        links |= set(page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"))
        contrast = {"color-contrast": {"enabled": number % 5 == 0}}
        assert (address, inaccessible(page, **contrast)) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert page.complaints == []
    others = {urldefrag(link).url for link in links if link.startswith(start)} - set(pages)
    assert [link for link in others if page.request.get(link).status != 200] == []


def test_the_search_finds_pages_by_their_words(page, publish, published):
    page.goto(publish(published("manual")) + "/search/?q=reproduc")
    expect(page.get_by_text("0 pages")).to_be_visible()
    page.get_by_label("Search for").fill("redirects old")
    result = page.locator("[data-results] a").first
    expect(result).to_have_text("Site generator")
    result.click()
    expect(page.get_by_role("heading", name=re.compile("Site generator"), level=1)).to_be_visible()
    assert page.complaints == []


SEARCHED = "Le café, snake_case_name, don\u2019t, Straße.\n\n東京は日本の首都です。 नमस्ते दुनिया "


def test_the_search_finds_parts_of_words_and_any_script(page, publish, site):
    site.write("a.md", f"# A\n\n{SEARCHED}{' '.join(f'word{number}' for number in range(900))} last.\n")
    site.build()
    page.goto(publish(site.output) + "/search/")
    for query in (
        "cafe",
        "CAFÉ",
        "case",
        "snake_case",
        "don't",
        "don\u2019t",
        "strasse",
        "日本",
        "首都",
        "दुनिया",
        "word899",
        "last",
    ):
        page.get_by_label("Search for").fill(query)
        expect(page.locator("[data-results] a")).to_have_text(["A"])
        page.get_by_label("Search for").fill("nowhere")
        expect(page.get_by_text("0 pages")).to_be_visible()


def test_the_pages_of_the_book_come_out_as_they_were_meant(page, publish, published):
    start = publish(published("book"))
    page.goto(f"{start}/pricing/")
    expect(page).to_have_title("Rapid Prototypes - Pricing")
    expect(page.get_by_role("listitem")).to_have_text(["One", "Two", "Three"])
    page.get_by_role("link", name="Sign in").click()
    expect(page.locator("body#sign-in")).to_be_visible()
    expect(page).to_have_url(f"{start}/login/")


def test_a_starter_has_a_name_and_needs_nothing_fetched(tmp_path):
    assert start_site(tmp_path / "my-shop") is None
    assert 'title: "My shop"' in (tmp_path / "my-shop/site.yaml").read_text()
    text = "".join(path.read_text() for path in (tmp_path / "my-shop").rglob("*") if path.is_file())
    assert set(re.findall(r"https?://[\w.]+", text)) == {"http://localhost", "http://www.w3.org"}
    assert "is not empty" in start_site(tmp_path / "my-shop")
