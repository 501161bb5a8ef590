import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from sitegen.live import websocket_urlpatterns
from sitegen.render import RenderedSite
from sitegen.settings import POLICY


@pytest.fixture
def preview(small_site, settings, client):
    settings.SITE_PAGES = small_site.folder
    return lambda path="": client.get(f"/site/{path}")


def test_the_preview_root_is_the_page_index(preview):
    assert reverse("sitegen:preview") == "/site/"
    answer = preview()
    assert answer.status_code == 200
    assert "Home" in answer.text


def test_a_page_is_rendered_as_it_is_now(preview, small_site):
    assert "About us" in preview("about/").text
    small_site.write("about.html", "<p>Changed</p>")
    assert "Changed" in preview("about/").text


@pytest.mark.parametrize("path", ["search.json", "sitemap.xml"])
def test_what_all_pages_are_needed_for_is_made_once_until_a_file_changes(preview, small_site, monkeypatch, path):
    rendered = []
    render = RenderedSite.render

    def note(site, page, *rest):
        rendered.append(page.slug)
        return render(site, page, *rest)

    monkeypatch.setattr(RenderedSite, "render", note)
    small_site.write("first.md", "# First")
    first = preview(path).text
    assert "first" in rendered
    rendered.clear()
    assert preview(path).text == first
    assert rendered == []
    small_site.write("second.md", "# Second")
    assert "second" in preview(path).text


def test_a_page_that_would_be_built_is_the_same_but_for_addresses(preview, small_site):
    small_site.write("deep/page.md", "# Deep\n\n[up](../about.html) ![d](../static/dot.svg)\n")
    html = preview("deep/page/").text
    assert 'href="/site/about/"' in html
    assert 'src="/site/static/dot.svg"' in html
    assert 'width="4"' in html


@pytest.mark.parametrize(
    "path",
    [
        "nope/",
        "nope",
        "../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5cetc/",
        "/etc/passwd",
        "//etc/passwd",
        "index%00/",
        "about%00.html",
        "x" * 5000 + "/",
        "layouts/base.html",
        "data/team.json",
        "site.yaml",
        "leak/",
        "static/leak.css",
    ],
)
def test_an_unknown_or_unsafe_address_is_not_found(preview, small_site, tmp_path, path):
    (tmp_path / "secret").write_text("secret")
    (small_site.folder / "leak.md").symlink_to(tmp_path / "secret")
    (small_site.folder / "static/leak.css").symlink_to(tmp_path / "secret")
    answer = preview(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_an_address_without_its_slash_leads_to_the_page(preview):
    answer = preview("about")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/site/about/")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("static/site.css", "text/css; charset=utf-8"),
        ("static/dot.svg", "image/svg+xml; charset=utf-8"),
        ("static/sitegen/search.js", "text/javascript; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("search.json", "application/json; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("search/", "text/html; charset=utf-8"),
        ("404.html", "text/html; charset=utf-8"),
    ],
)
def test_everything_that_is_published_can_be_seen_before(preview, path, kind):
    answer = preview(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)


def test_an_error_is_shown_with_file_line_and_text_and_goes_away(preview, small_site, settings):
    settings.SITE_LIVE = True
    small_site.write("about.html", "<p>\n  <b>{{ x|nofilter }}</b>")
    answer = preview("about/")
    assert answer.status_code == 500
    assert "about.html:2" in answer.text
    assert "Invalid filter: &#x27;nofilter&#x27;" in answer.text
    assert "{{ x|nofilter }}" in answer.text
    assert "nonce" not in answer.headers["Content-Security-Policy"]
    small_site.write("about.html", "<p>Well again</p>")
    assert "Well again" in preview("about/").text


def test_where_the_preview_is_not_live_an_error_says_nothing_of_the_folder(preview, small_site, caplog):
    small_site.write("about.html", "<p>\n  <b>{{ secret|nofilter }}</b>")
    answer = preview("about/")
    assert answer.status_code == 500
    assert not [
        said for said in ("about.html", str(small_site.folder), "nofilter", "secret") if said in answer.text
    ]
    assert f"/site/about/ is not shown: {small_site.folder}/about.html:2" in caplog.text


@pytest.mark.parametrize("is_live", [True, False])
def test_pages_follow_their_files_only_where_the_preview_is_live(preview, settings, is_live):
    settings.SITE_LIVE = is_live
    assert ('src="/site/static/sitegen/live.js"' in preview("").text) == is_live


@pytest.mark.parametrize(
    ("origin", "is_heard"), [(b"http://localhost", True), (b"http://evil.example", False), (None, False)]
)
async def test_only_pages_of_the_server_hear_of_changes(small_site, settings, origin, is_heard):
    settings.SITE_PAGES = small_site.folder
    headers = [(b"origin", origin)] if origin else []
    socket = WebsocketCommunicator(URLRouter(websocket_urlpatterns), "live/", headers)
    assert (await socket.connect())[0] == is_heard
    await socket.disconnect()


def test_broken_metadata_and_data_are_shown_too(preview, small_site, settings):
    settings.SITE_LIVE = True
    small_site.write("about.html", "---\ntitle: [\n---\n")
    assert "about.html:3" in preview("about/").text
    small_site.write("data/team.json", "{")
    assert "team.json:1" in preview("").text


def test_drafts_are_not_previewed_in_the_project(preview, small_site, settings):
    small_site.write("idea.md", "---\ndraft: true\n---\n")
    assert preview("idea/").status_code == 404
    settings.SITE_DRAFTS = True
    assert preview("idea/").status_code == 200


@pytest.mark.parametrize(
    ("written", "policy"),
    [("", POLICY), ("policy: default-src 'none'", "default-src 'none'"), ("policy: false", None)],
)
def test_the_policy_of_the_site_is_that_of_preview_and_pages(preview, small_site, written, policy):
    small_site.write("site.yaml", written)
    answer = preview()
    assert answer.headers.get("Content-Security-Policy") == policy
    assert "<style" not in answer.text
    assert "style=" not in answer.text
    small_site.build()
    meta = LexborHTMLParser(small_site.html("index.html")).css_first("head > meta[http-equiv]")
    assert (meta and meta.attributes["content"]) == policy


def test_only_reading_is_allowed(client):
    assert client.post("/site/").status_code == 405
