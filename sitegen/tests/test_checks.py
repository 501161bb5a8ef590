import pytest

from sitegen.errors import BuildError


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("a.md", "# A\n\n[x](/nowhere/)\n", "a.md:3: broken link “/nowhere/”"),
        ("a.md", "# A\n\n\n[x](gone.md)\n", "a.md:4: broken link “gone.md”"),
        ("a.md", "# A\n\n[x](/#nothing)\n", "a.md:3: broken link “/#nothing”: / has no “#nothing”"),
        ("a.md", "# A\n\n[x](#nothing)\n", "a.md:3: broken link “#nothing”"),
        ("a.md", "# A\n\n![x](none.png)\n", "a.md:3: broken link “none.png”"),
        (
            "a.html",
            "<h1>A</h1><link rel=stylesheet href=/static/none.css>",
            "a.html:1: broken link “/static/none.css”",
        ),
        ("a.html", '<p id="one">\n<p id="one">', "a.html:1: the id “one” is given 2 times"),
        ("a.html", "<html lang=en><head></head><body>Hi</body></html>", "a.html:1: the page has no title"),
        (
            "a.html",
            '<h1>A</h1>\n<img src="/static/dot.svg">',
            "a.html:2: the picture “/static/dot.svg” has no alt text",
        ),
        (
            "layouts/page.html",
            "<title>x</title>\n<a href='/gone/'>x</a>{{ content }}",
            "layouts/page.html:2: broken link “/gone/”",
        ),
        (
            "lonely.md",
            "---\nnavigation: false\n---\n# Nobody links here\n",
            "lonely.md: no page links to /lonely/",
        ),
        ("notes.docx", "x", "notes.docx: is not published"),
    ],
)
def test_it_warns_and_strict_fails(site, path, content, said):
    site.write("index.md", "# Home\n\n[A](/a/) [B](/b/)\n")
    site.write("a.md" if path != "a.html" else "b.md", "# Other\n")
    site.write("static/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>')
    site.write(path, content)
    assert any(said in str(warning) for warning in site.build().warnings)
    whole = site.files()
    with pytest.raises(BuildError) as caught:
        site.build(strict=True)
    assert said in str(caught.value)
    assert site.files() == whole


def test_a_site_in_order_has_no_warnings(small_site):
    assert small_site.build(strict=True).warnings == []


@pytest.mark.parametrize(
    "link",
    [
        "/about/",
        "/about",
        "/about/index.html",
        "about.html",
        "/#home",
        "/sitemap.xml",
        "https://other.example/x",
        "mailto:a@b.c",
    ],
)
def test_a_link_that_leads_somewhere_is_no_warning(small_site, link):
    small_site.write("index.md", f"# Home\n\n[x]({link}) [y](/about/)\n")
    assert small_site.build().warnings == []


def test_a_link_breaks_when_its_target_goes_though_its_own_page_stays(small_site):
    assert small_site.build().warnings == []
    small_site.remove("about.html")
    assert "broken link “about.html”" in str(small_site.build().warnings[0])


def test_warnings_are_repeated_by_a_build_without_changes(small_site):
    small_site.write("lonely.md", "# Lonely\n")
    first = small_site.build().warnings
    assert small_site.build().warnings == first != []


def test_a_page_built_alone_with_other_options_is_not_judged_by_pages_that_are_unknown(small_site):
    small_site.build(release=True)
    report = small_site.build("about")
    assert (report.pages, report.warnings) == (1, [])


def test_a_warning_about_the_layout_is_given_once(small_site):
    small_site.write("layouts/foot.html", '<a href="/gone/">x</a>')
    assert [str(w).partition("layouts/")[2] for w in small_site.build().warnings] == [
        "foot.html:1: broken link “/gone/”"
    ]
