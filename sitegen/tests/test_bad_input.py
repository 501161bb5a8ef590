import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.__main__ import main
from sitegen.errors import BuildError, SiteError
from sitegen.metadata import split_page


def failure(site, **how):
    """Return what a build that fails says; nothing is written then."""
    with pytest.raises((BuildError, SiteError)) as caught:
        site.build(**how)
    assert not site.output.exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("a.md", "---\ntitle: [1\nx: 2\n---\n", r"a.md:3: column 2: broken YAML"),
        ("a.md", "---\ntitle: 1\ntitle: 2\n---\n", r"a.md:3: column 1: broken YAML: “title” is given twice"),
        ("a.md", "---\n- 1\n---\n", "a.md:2: expected names with values"),
        (
            "a.html",
            '<p>\n{% block context %}\n{"a": 1,\n "b" 2}\n{% endblock %}',
            "a.html:4: column 6: broken JSON: Expecting ':'",
        ),
        (
            "a.html",
            '{% block context %}{"a": 1, "a": 2}{% endblock %}',
            "a.html:1: broken JSON: “a” is given twice",
        ),
        ("a.html", "{% block context %}[1]{% endblock %}", "a.html:1: expected names with values"),
        ("a.md", "---\ntitle: A\ndate: tomorrow\n---\n", "a.md:3: “date” must be a date such as"),
        ("a.md", "---\ndraft: perhaps\n---\n", "a.md:2: “draft” must be true or false"),
        ("a.md", "---\ntags: {a: b}\n---\n", "a.md:2: “tags” must be a list"),
        ("data/d.json", '{"a" 1}', "d.json:1: column 6: broken JSON"),
        ("data/d.yaml", "a: [1\n", "d.yaml:2: column 1: broken YAML"),
        ("site.yaml", "title: A\n  b: c\n", "site.yaml:2: column 4: broken YAML"),
        ("site.yaml", "navigation: about\n", "site.yaml:1: “navigation” must be a list"),
        ("a.html", "<p>\n{% if x %}\n", "a.html:2: column 1: Unclosed tag: 'if'"),
        ("a.html", "\n<p>{{ x|nofilter }}", "a.html:2: column 4: Invalid filter: 'nofilter'"),
        ("a.html", "---\ntitle: A\n---\n\n{% nonsense %}", "a.html:5: column 1: Invalid block tag: 'nonsense'"),
        ("a.md", "---\ntitle: A\n---\n\nText\n\n{% nonsense %}\n", "a.md:7: column 1: Invalid block tag"),
        ("layouts/page.html", "<p>\n\n{% nonsense %}", "layouts/page.html:3: column 1: Invalid block tag"),
        ("a.html", "{% include 'none.html' %}", "a.html:1: column 1: there is no template “none.html”"),
        ("a.html", "{% url 'nowhere' %}", "a.html:1: column 1: there is no page “nowhere”"),
        ("a.html", b"\n\xff\xfe", "a.html:2: is not UTF-8 text"),
        ("!!!.md", "", "!!!.md: has no letter or digit that an address could be made of"),
        ("x" * 201 + ".md", "", "a page's address may have 200 bytes between two slashes"),
        ("static/a.jpg", b"not a picture", None),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(site, path, content, said):
    site.write("index.md", "# Home\n\n![x](static/a.jpg)\n")
    site.write(path, content)
    assert (said or "a.jpg: is not a picture that can be read") in failure(site)


def test_all_errors_of_a_run_are_reported_at_once(site, capsys):
    site.write("a.md", "---\ntitle: [\n---\n")
    site.write("b.html", "{% nonsense %}")
    site.write("data/c.json", "{")
    assert main(["build", str(site.folder), "--output", str(site.output)]) == 1
    said = capsys.readouterr().err
    assert all(f"{site.folder}/{place}: " in said for place in ("a.md:3", "b.html:1", "data/c.json:1"))
    assert "Not built: 3 errors" in said


@pytest.mark.parametrize(
    "template",
    [
        "{% include '/etc/passwd' %}",
        "{% include '../secret.html' %}",
        "{% include 'layouts/../../secret.html' %}",
        "{% extends '/etc/passwd' %}",
        "{% load admin_list %}",
        "{% debug %}",
        "{{ page.__class__ }}",
        "{{ page._site.settings }}",
        "{% include 'self.html' %}",
        "{% placeholder 'a' 'b' %}",
    ],
)
def test_a_page_reaches_nothing_but_the_folder(site, tmp_path, template):
    (tmp_path / "secret.html").write_text("secret")
    site.write("layouts/self.html", "{% include 'self.html' %}")
    site.write("index.html", template)
    assert "index.html" in failure(site) or "self.html" in failure(site)


@pytest.mark.parametrize(
    "name", ["settings", "SECRET_KEY", "request", "DEBUG", "perms", "user", "settings.SECRET_KEY"]
)
def test_the_settings_of_the_project_are_out_of_reach(site, name):
    site.write("index.html", f"<p>[{{{{ {name} }}}}]</p>")
    site.build()
    assert "<p>[]</p>" in site.html("index.html")


def test_a_link_out_of_the_folder_is_an_error_and_nothing_is_written(site, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (site.folder / "leak.md").symlink_to(tmp_path / "secret.md")
    assert "leak.md: is a link that leads out of the folder" in failure(site)


def test_a_linked_folder_is_not_followed(site, tmp_path):
    (tmp_path / "more").mkdir()
    (site.folder / "static").symlink_to(tmp_path / "more")
    assert "static: is a link" in failure(site)


@pytest.mark.parametrize("processes", [1, 2])
def test_two_pages_with_one_address_are_an_error(site, monkeypatch, processes):
    monkeypatch.setattr("sitegen.builder.PAGES_WORTH_PROCESSES", 2)
    monkeypatch.setattr("sitegen.builder.BATCH", 1)
    monkeypatch.setattr("threading.active_count", lambda: 1)
    site.write("about.md", "# One")
    site.write("about.html", "Two")
    site.write("team/index.md", "# Three")
    site.write("team.md", "# Four")
    said = failure(site, processes=processes)
    assert said.count("has the address /about/, as ") == 1
    assert said.count("has the address /team/, as ") == 1


def test_a_redirect_must_not_hide_a_page(site):
    site.write("about.md", "# About")
    site.write("new.md", "---\nredirect_from: [/about/, /../x/]\n---\n")
    said = failure(site)
    assert "/about/ is a redirect and a page" in said
    assert "'/../x/' must look like" in said


def test_markdown_nested_without_end_is_an_error(site):
    site.write("index.md", "# Fine\n")
    site.write("deep.html", "<div>" * 5_000)
    site.write("deeper.md", "> " * 2_000 + "x")
    said = failure(site)
    assert "deeper.md: has too many elements inside one another" in said
    assert "deep.html" not in said


@pytest.mark.parametrize(
    "name", [".env", "notes.py", "id_rsa", "blog/.git/config", "_private.md", "secrets.sqlite3"]
)
def test_private_files_are_not_published(site, name):
    site.write("index.md", "# Home\n")
    site.write(name, "secret")
    site.build()
    assert not [path for path in site.output.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_any_front_matter_is_read_or_refused_in_words(text):
    for page in (f"---\n{text}\n---\nbody\n", f"{{% block context %}}{text}{{% endblock %}}"):
        # Anything but a SiteError fails the test.
        with suppress(SiteError):
            assert isinstance(split_page(page, "a.md")[0], dict)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(max_size=5), st.recursive(st.integers() | st.text(), st.lists, max_leaves=5)))
def test_json_metadata_comes_back_as_it_was_given(data):
    page = "{% block context %}" + json.dumps(data) + "{% endblock %}"
    assert split_page(page, "a.html")[0] == data


def test_metadata_nested_too_deeply_is_refused():
    with pytest.raises(SiteError, match="broken JSON"):
        split_page("{% block context %}" + "[" * 20_000 + "{% endblock %}", "a.html")
