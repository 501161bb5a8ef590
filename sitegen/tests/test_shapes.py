"""Names, addresses, lists, files for hosts, and settings that contradict each other."""

from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

from sitegen.addresses import tag_addresses
from sitegen.errors import BuildError


def warnings(site, **how):
    return [str(warning).rpartition("pages/")[2] for warning in site.build(**how).warnings]


@pytest.mark.parametrize(
    ("name", "written", "address"),
    [
        ("Über uns.md", "", "Über-uns"),
        ("Über uns.md", "slugs: ascii", "Uber-uns"),
        ("日本.md", "", "日本"),
        ("日本.md", "slugs: ascii", "RiBen"),
        ("my page.md", "", "my-page"),
        ("What's new?.md", "", "Whats-new"),
        ("C++ & C#.md", "", "C-C"),
        ("a b/c d.md", "", "a-b/c-d"),
        ("v1.2.md", "", "v1.2"),
        ("2026-01-02-first.md", "", "first"),
        ("blog/_index.md", "", "blog"),
        ("guide/README.md", "", "guide"),
    ],
)
def test_any_name_is_a_page(site, name, written, address):
    site.write("site.yaml", written)
    site.write(name, "# A\n")
    site.write("index.md", f"[x]({quote(name)})\n")
    assert not any("broken" in warning for warning in warnings(site))
    assert (site.output / address / "index.html").exists()


def test_a_readme_beside_an_index_is_no_page(site):
    site.write("guide/index.md", "# Guide\n")
    site.write("guide/README.md", "# For the repository\n")
    warnings(site)
    assert "Guide" in (site.output / "guide" / "index.html").read_text()
    assert not (site.output / "guide" / "README").exists()


@pytest.mark.parametrize(
    ("head", "file"),
    [
        ("slug: other", "blog/other/index.html"),
        ("permalink: /x/y/", "x/y/index.html"),
        ("permalink: x/y", "x/y/index.html"),
        ("permalink: /x.html", "x.html"),
        ("permalink: /:year/:month/:slug/\ndate: 2026-03-04", "2026/03/a-b/index.html"),
        ("url: /u/", "u/index.html"),
    ],
)
def test_a_page_says_where_it_is(site, head, file):
    site.write("blog/a b.md", f"---\n{head}\n---\n# A\n")
    site.build()
    assert (site.output / file).exists()


@pytest.mark.parametrize("permalink", ["/../x/", "/a//../b/", "/feed.xml", "/:nothing/", "/:year/"])
def test_a_permalink_that_cannot_be_is_an_error(site, permalink):
    site.write("a.md", f"---\npermalink: {permalink}\n---\n")
    with pytest.raises(BuildError, match=r"a\.md"):
        site.build()


def test_a_bundle_is_a_post_with_its_files_and_a_section_is_not(site):
    site.write("site.yaml", "collections: {blog: {permalink: /:slug/}}")
    site.write("blog/index.md", "{% for p in site.collections.blog %}{{ p.title }} {% endfor %}\n")
    site.write("blog/trip/index.md", "---\ndate: 2026-01-02\n---\n# Trip\n\n![x](a.svg)\n")
    site.write("blog/trip/a.svg", "<svg/>")
    site.write("blog/2025/old.md", "---\ndate: 2025-01-02\n---\n# Old\n")
    site.build()
    assert "<p>Trip Old </p>" in site.html("blog/index.html")
    image = LexborHTMLParser(site.html("trip/index.html")).css_first("img").attributes["src"]
    assert image.startswith("/blog/trip/a.")
    assert {path for path in site.files() if path.endswith("feed.xml")} == {"feed.xml", "blog/feed.xml"}
    assert "/trip/" in site.html("blog/feed.xml")
    assert "/old/" in site.html("blog/feed.xml")


def test_tags_that_differ_in_signs_or_case_have_addresses_of_their_own():
    addresses = tag_addresses(["C", "C++", "C#", "c", "web dev", "a/b", "…"])
    assert addresses["C++"] == "c-plus-plus"
    assert addresses["C#"] == "c-sharp"
    assert len(set(addresses.values())) == len(addresses)


def test_names_that_differ_in_case_are_warned_about(site):
    site.write("About.md", "[x](about.md)\n")
    site.write("about.md", "[x](About.md)\n")
    assert any("about.md: /about/ and /About/ differ in case only" in warning for warning in warnings(site))


HOST_FILES = [
    "CNAME",
    ".nojekyll",
    ".well-known/security.txt",
    "_redirects",
    "_headers",
    "public/any.thing",
    "public/.x/y.css",
]


@pytest.mark.parametrize("name", HOST_FILES)
def test_files_for_hosts_are_published_untouched(site, name):
    site.write("index.md", "# Home\n")
    site.write(name, "body  {  }\n")
    assert warnings(site) == []
    assert site.html(name.removeprefix("public/")) == "body  {  }\n"


def test_a_public_file_replaces_a_generated_one_and_must_not_hide_a_page(site):
    site.write("public/robots.txt", "mine")
    site.write("index.md", "# Home\n")
    site.build()
    assert site.html("robots.txt") == "mine"
    site.write("public/index.html", "<p>Other")
    with pytest.raises(BuildError, match=r"public/index.html: would be published where index.md is"):
        site.build()


def test_static_files_keep_their_own_name_too(site):
    site.write("static/app.js", "console.log(  1 )\n")
    site.write("index.md", "# Home\n")
    for number in (1, 2):
        site.write("static/app.js", f"console.log(  {number} )\n")
        site.build()
        [hashed] = [path for path in site.files() if path.startswith("static/app.") and path != "static/app.js"]
        assert site.html("static/app.js") == site.html(hashed) == f"console.log({number});"
        site.build()
        assert (site.output / "static/app.js").exists()


def test_excluded_files_are_not_there_not_even_broken_ones(site, tmp_path):
    site.write("site.yaml", "exclude: [node_modules/, '*.tmp.md', blog/secret.md]\n")
    for name in ("node_modules/a/readme.md", "x.tmp.md", "blog/secret.md", "blog/shown.md"):
        site.write(name, "# {{ x|nofilter }}" if "shown" not in name else "# Shown")
    (site.folder / "node_modules/link").symlink_to(tmp_path)
    site.build()
    assert not [path for path in site.files() if "secret" in path or "node" in path or "tmp" in path]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("redirects: {/a/: /b/, /b/: /a/}", "site.yaml:1: the redirect /a/ leads in a circle"),
        ("redirects: {/a/: /nothing/}", "site.yaml:1: the redirect /a/ leads to /nothing/, which is no page"),
        (
            "title: x\nnavigation: [index.md, nothing.md]",
            "site.yaml:2: the navigation has “nothing.md”, which is no page",
        ),
        ("navigation: [{Group: [nothing]}]", "site.yaml:1: the navigation has “nothing”"),
    ],
)
def test_settings_that_lead_nowhere_are_warned_about(site, written, said):
    site.write("index.md", "# Home\n")
    site.write("site.yaml", written)
    assert said in warnings(site)[0]


@pytest.mark.parametrize(
    "redirect",
    ["{/a/: /}", "{/a/: /b/, /b/: /}", "{/a: 'https://x.org/'}", "{/a.b/: /#home}", "{old.md: index.md}"],
)
def test_redirects_that_lead_somewhere_are_no_warning(site, redirect):
    site.write("index.md", "# Home\n")
    site.write("site.yaml", f"redirects: {redirect}")
    assert warnings(site) == []


def test_the_path_of_the_address_is_the_base_and_another_one_is_warned_about(site):
    site.write("index.md", "# Home\n\n[x](/)\n")
    site.write("site.yaml", "url: https://x.org/docs/")
    assert warnings(site) == []
    assert 'href="/docs/"' in site.html("index.html")
    assert 'rel="canonical" href="https://x.org/docs/"' in site.html("index.html")
    assert "site.yaml:1: the site is built for /other/" in warnings(site, base="/other/")[0]


def test_navigation_has_groups_titles_and_other_sites(site):
    site.write("site.yaml", "navigation: [index.md, {Guide: [a.md, {Deep: [b]}]}, {Code: 'https://x.org'}]")
    site.write("index.md", "# Home\n")
    site.write("a.md", "# A\n")
    site.write("b.md", "# B\n")
    assert warnings(site) == []
    links = LexborHTMLParser(site.html("index.html")).css("nav.contents a")
    assert [(link.text(), link.attributes["href"]) for link in links] == [
        ("Home", "/"),
        ("A", "/a/"),
        ("B", "/b/"),
        ("Code", "https://x.org"),
    ]


def test_a_date_is_in_the_time_zone_of_the_site(site):
    site.write("site.yaml", "time_zone: Asia/Tokyo")
    site.write("a.md", "---\ndate: 2026-01-01\n---\n{{ page.date|date:'Y-m-d H:i' }}\n")
    site.build()
    assert "<p>2026-01-01 00:00</p>" in site.html("a/index.html")
    assert "2026-01-01T00:00:00+09:00" in site.html("feed.xml")


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ('# T\n\n![x](a.svg)\n\nTom & *Jerry*[^1] "x".\n\n[^1]: No.', 'Tom & Jerry "x".'),
        ("!!! note\n    Boxed.\n\nProse.", "Prose."),
        ("!!! note\n    Boxed.", "Boxed."),
        ("- one\n- two", "one two"),
        ("---\ndescription: Given\n---\nProse.", "Given"),
    ],
)
def test_the_summary_is_plain_text_of_the_first_paragraph(site, text, summary):
    site.write("a.svg", "<svg/>")
    site.write("p/a.md", text.replace("a.svg", "../a.svg"))
    site.write("index.html", "{% for p in site.collections.p %}<q>{{ p.summary }}</q>{% endfor %}")
    site.build()
    assert LexborHTMLParser(site.html("index.html")).css_first("q").text() == summary
    description = LexborHTMLParser(site.html("p/a/index.html")).css_first("meta[name=description]")
    assert description.attributes["content"] == summary


@pytest.mark.parametrize(
    ("html", "is_blocked"),
    [
        ("<script>x()</script>", True),
        ('<script src="https://cdn.example/x.js"></script>', True),
        ('<button onclick="x()">x</button>', True),
        ('<script type="application/ld+json">{}</script>', False),
        ('<p style="color: red">x</p><iframe src="https://x.org" title="x"></iframe>', False),
    ],
)
def test_a_script_that_the_policy_blocks_is_warned_about(site, html, is_blocked):
    site.write("index.html", f"<h1>Home</h1>{html}")
    assert any("blocked by the site's policy" in warning for warning in warnings(site)) == is_blocked
    site.write("site.yaml", "policy: false")
    assert not any("policy" in warning for warning in warnings(site))
