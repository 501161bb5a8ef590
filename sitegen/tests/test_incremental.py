"""A second build makes what changed, all of it and no more."""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.build import verify_build
from sitegen.settings import Options, build_time


def rendered(site):
    """Return how many pages a build renders, having proved that it equals one from nothing."""
    report = site.build()
    assert verify_build(site.folder, site.output, Options()) == []
    return report.rendered


def test_a_build_without_changes_renders_nothing_and_touches_nothing(small_site):
    small_site.build()
    inode = small_site.output.stat().st_ino
    assert small_site.build().rendered == 0
    assert small_site.output.stat().st_ino == inode


def test_an_edit_renders_one_page(small_site):
    small_site.build()
    small_site.write("index.md", "# Home again\n\n[About](about.html)\n")
    assert rendered(small_site) == 1
    assert "Home again" in small_site.html("index.html")


@pytest.mark.parametrize(
    ("path", "content", "pages"),
    [
        ("layouts/foot.html", "<footer>Changed</footer>", 4),
        (
            "layouts/base.html",
            "<!doctype html><html lang='en'><head><title>x</title></head><body></body></html>",
            4,
        ),
        ("data/team.json", '[{"name": "Sam"}]', 1),
        ("static/site.css", "body { color: blue }", 4),
        ("static/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 4),
        ("site.yaml", "title: Another\n", 4),
        (
            "layouts/page.html",
            "<!doctype html><html lang='en'><head><title>Own</title></head><body></body></html>",
            1,
        ),
        ("data/other.json", "{}", 0),
    ],
)
def test_a_change_renders_exactly_the_pages_that_depend_on_it(small_site, path, content, pages):
    small_site.build()
    before = small_site.files()
    small_site.write(path, content)
    assert rendered(small_site) == pages
    assert (small_site.files() != before) == (pages > 0)


def test_what_has_gone_leaves_the_output(small_site):
    small_site.write("old.md", "# Old\n")
    small_site.write("static/old.css", "a{}")
    small_site.build()
    small_site.remove("old.md")
    small_site.remove("static/old.css")
    small_site.build()
    assert not [path for path in small_site.files() if "old" in path]


def test_a_list_of_pages_follows_its_pages(small_site):
    small_site.write("list.html", "{% for p in site.collections.blog %}{{ p.title }} {{ p.summary }}{% endfor %}")
    small_site.write("blog/a.md", "# A\n\nFirst text\n")
    small_site.build()
    small_site.write("blog/a.md", "# A\n\nSecond text\n")
    assert rendered(small_site) == 2
    assert "Second text" in small_site.html("list/index.html")
    small_site.write("blog/b.md", "# B\n")
    rendered(small_site)
    assert "B" in small_site.html("list/index.html")


def test_a_date_is_rendered_again_only_when_its_text_changes(small_site, monkeypatch):
    small_site.write("year.md", '{% now "Y" %}\n')
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    small_site.build()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000001")
    assert small_site.build(now=build_time()).rendered == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    assert small_site.build(now=build_time()).rendered == 1
    assert "2030" in small_site.html("year/index.html")


def test_two_builds_of_the_same_input_are_equal(small_site, tmp_path):
    small_site.build()
    first = small_site.files()
    small_site.output = tmp_path / "elsewhere"
    small_site.build()
    assert small_site.files() == first


def test_a_copy_of_the_output_and_its_workspace_is_built_on(small_site, tmp_path):
    small_site.build()
    workspace = small_site.output.parent / ".public.sitegen"
    for folder in (small_site.output, workspace):
        shutil.copytree(folder, tmp_path / "copy" / folder.name)
    small_site.output = tmp_path / "copy/public"
    small_site.write("index.md", "# Edited\n")
    assert rendered(small_site) == 1


@pytest.mark.parametrize("state", ["", "[]", "{}", '{"files": {"index.html": "a hash"}}'])
def test_a_state_that_another_version_left_is_ignored(small_site, state):
    small_site.build()
    (small_site.output.parent / ".public.sitegen/state.json").write_text(state)
    assert rendered(small_site) == 4


def test_an_output_that_was_tampered_with_is_made_again(small_site):
    small_site.build()
    whole = small_site.files()
    (small_site.output / "about/index.html").unlink()
    (small_site.output / "index.html").write_text("defaced")
    small_site.build()
    assert small_site.files() == whole


def test_verify_names_the_files_that_differ(small_site):
    small_site.build()
    (small_site.output / "about/index.html").write_text("something else")
    assert verify_build(small_site.folder, small_site.output, Options()) == ["about/index.html"]


def test_other_options_build_everything_again(small_site):
    small_site.build()
    assert small_site.build(base="/x/").rendered == 4
    assert "/x/about/" in small_site.html("index.html")


EDITS = st.sampled_from(
    [
        ("a.md", "# A\n\n[b](b.md)\n"),
        ("a.md", "# A2\n\n{{ site.data.d.x }}\n"),
        ("b.md", "---\ntags: [t]\ndate: 2026-01-01\n---\n# B\n"),
        ("b.md", None),
        ("blog/c.md", "# C\n\n{{ page.breadcrumbs.0.title }}\n"),
        ("blog/c.md", "---\ndraft: true\n---\n# C\n"),
        ("list.html", "{% for p in site.pages %}{{ p.title }}{% endfor %}"),
        ("list.html", "{% for t in site.tags %}{{ t }}{% endfor %}{% include 'part.html' %}"),
        ("layouts/part.html", "one"),
        ("layouts/part.html", "two"),
        ("data/d.json", '{"x": 1}'),
        ("data/d.json", '{"x": 2}'),
        ("static/s.css", "a { color: red }"),
        ("static/s.css", None),
        ("site.yaml", "navigation: [a.md, {More: [b.md, blog/c.md]}]\ndescription: Ours\n"),
        ("site.yaml", "time_zone: Asia/Tokyo\ncollections: {blog: {permalink: /:slug/}}\n"),
        ("site.yaml", None),
        ("blog/p/index.md", "---\ndate: 2026-01-01\n---\n![x](x.svg) {{ site.description }} {{ page.date }}\n"),
        ("blog/p/index.md", "---\npublished: false\n---\n![x](x.svg)\n"),
        ("blog/p/x.svg", "<svg/>"),
        (
            "index.md",
            "# Home {{ nothing }}\n\nFirst.\n\n{% for e in site.navigation %}{{ e.title }}{% endfor %}\n",
        ),
        ("index.md", "Other.\n\n{% for t in page.toc %}{{ t.title }}{% endfor %}{{ author }}\n"),
    ]
)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_after_any_edits_the_output_equals_a_build_from_nothing(tmp_path_factory, edits):
    from .conftest import SiteFolder

    site = SiteFolder(tmp_path_factory.mktemp("site"))
    site.write("layouts/part.html", "none")
    for step in edits:
        for path, content in step:
            if content is not None:
                site.write(path, content)
            elif (site.folder / path).exists():
                site.remove(path)
        site.build()
        assert verify_build(site.folder, site.output, Options()) == []
        assert site.files()
