"""Heads of other generators are read, and nothing goes live by accident."""

import pytest

from sitegen.errors import BuildError, SiteError
from sitegen.metadata import split_page

HIDDEN_HEADS = [
    "---\ndraft: true\n---\n",
    "---\nDraft: true\n---\n",
    '---\ndraft: "true"\n---\n',
    "---\nDRAFT: yes\n---\n",
    "---\npublished: false\n---\n",
    "---\nstatus: draft\n---\n",
    "---\nheadless: true\n---\n",
    "---\npermalink: false\n---\n",
    "---\nbuild: {render: never}\n---\n",
    "---\npublishDate: 2999-01-01\n---\n",
    "---\nexpiryDate: 2001-01-01\n---\n",
    "---yaml\ndraft: true\n---\n",
    '---json\n{"draft": true}\n---\n',
    "---toml\ndraft = true\n---\n",
    "\n\n---\ndraft: true\n---\n",
    "<!-- a comment -->\n---\ndraft: true\n---\n",
    "---\ndraft: true\n...\n",
    "+++\ndraft = true\n+++\n",
    "+++\nrender = false\n+++\n",
    "+++\ndate = 2999-01-01\n+++\n",
    "+++\ndate = 2999-01-01T00:00:00Z\n+++\n",
    '{"draft": true}\n',
    '{\n  "Published": false\n}\n\n',
    '{% block context %}{"Draft": true}{% endblock %}\n',
]


@pytest.mark.parametrize("head", HIDDEN_HEADS)
def test_what_a_head_holds_back_is_nowhere(site, head):
    site.write("index.md", "# Home\n")
    site.write("blog/secret.md", f"{head}# Hush\n")
    site.build()
    assert [path for path in site.output.rglob("*.*") if path.is_file() and b"Hush" in path.read_bytes()] == []
    assert "secret" not in site.html("sitemap.xml")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("---js\n{draft: true}\n---\n", "a.md:1: front matter in “js” can't be read"),
        ("+++\ndraft = maybe\n+++\n", "a.md:2: column 9: broken TOML: Invalid value"),
        ("+++\ndraft = true\n", "a.md:1: the front matter has no end"),
        ("---\ndraft: true\n\n# Text\n", "a.md:1: the front matter has no end"),
        ("\n---\ntitle: A\n# Text\n", "a.md:2: the front matter has no end"),
        ("----\ndraft: true\n----\n", "a.md:1: the front matter has no end"),
        ('{"draft": tru}\n', "a.md:1: column 11: broken JSON"),
        ("Title: A\nDraft: true\n\nText\n", "a.md:1: front matter must stand between two lines of “---”"),
        ("draft: true\n\nText\n", "a.md:1: front matter must stand"),
        ("---\ndraft:\n---\n", "a.md:2: “draft” must be true or false, not None"),
        ("---\ndraft: perhaps\n---\n", "a.md:2: “draft” must be true or false"),
        ("---\nDraft: true\ndraft: false\n---\n", "a.md:3: “draft” is given twice"),
        ("---\ndate: 20240102\n---\n", "a.md:2: “date” must be a date such as"),
        ("---\nlastmod: soon\n---\n", "a.md:2: “lastmod” must be a date"),
        ("---\npermalink: /{{ page.title }}/\n---\n", "a.md:2: “permalink” must be an address"),
    ],
)
def test_a_head_that_is_not_understood_is_an_error_with_its_line(site, head, said):
    site.write("a.md", head)
    with pytest.raises(BuildError) as caught:
        site.build()
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA line above\n",
        "Note: this is prose\n\nMore\n",
        "{{ page.title }}\n",
        "{% if page %}x{% endif %}",
        "{x}",
    ],
)
def test_text_that_only_resembles_a_head_is_text(text):
    assert split_page(text, "a.md") == ({}, text)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "---\nlastmod: 2026-01-02\nweight: 3\naliases: /old/\nTags: news\n---\n",
            ("2026-01-02", 3, ["/old/"], ["news"]),
        ),
        ('+++\nupdated = 2026-01-02\nweight = 3\naliases = ["/old/"]\n[taxonomies]\ntags = ["news"]\n+++\n', None),
        (
            "---\nlast_modified_at: 2026-01-02 00:00:00 +0000\nnav_order: 3\nredirect_from: [/old/]\ntags: [news]\n---\n",
            None,
        ),
    ],
)
def test_the_names_of_other_generators_mean_the_same(site, head, expected):
    site.write("a.md", head + "{{ page.updated|date:'Y-m-d' }} {{ page.order }} {{ page.tags|join:',' }}\n")
    site.build()
    assert "<p>2026-01-02 3 news</p>" in site.html("a/index.html")
    assert (site.output / "old/index.html").exists()


def test_what_belongs_to_a_draft_stays_out_with_it(site):
    site.write("index.md", "# Home ![x](blog/shown.png)\n")
    for name in ("blog/trip/index.md", "blog/later.md", "blog/soon/index.html"):
        site.write(name, "---\ndraft: true\n---\n![x](beside.svg) ![y](shown.svg)\n")
    site.write("index.md", "# Home\n\n![x](blog/shown.svg)\n")
    for name in (
        "blog/trip/a.svg",
        "blog/trip/deep/b.svg",
        "blog/later/c.svg",
        "blog/beside.svg",
        "blog/soon/d.pdf",
    ):
        site.write(name, "<svg/>")
    site.write("blog/trip/more.md", "# More\n")
    site.write("static/only-later.svg", "<svg/>")
    site.write("static/both.svg", "<svg/>")
    site.write("blog/later.md", "---\ndraft: true\n---\n![x](/static/only-later.svg) ![x](/static/both.svg)\n")
    site.write("page.md", "![x](/static/both.svg)\n")
    site.write("blog/shown.svg", "<svg/>")
    site.build()
    left = {path for path in site.files() if path.startswith("blog/")}
    assert {path.partition(".")[0] for path in left} == {"blog/shown"}
    assert "static/both.svg" in site.files()
    assert not [path for path in site.files() if "later" in path]
    site.build(drafts=True)
    assert {path.partition(".")[0] for path in site.files()} >= {
        "blog/trip/a",
        "blog/later/c",
        "blog/beside",
        "blog/soon/d",
    }


def test_an_error_is_found_in_every_kind_of_file_at_once(site):
    site.write("site.yaml", "title: [a]\nnavigation: x\ntime_zone: Mars/Base\n")
    site.write("a.md", "---\ndate: 2026-01-01\n---\nBell \x07\n")
    site.write("b.md", "![x](broken.png)\n")
    site.write("broken.png", b"\x89PNG\r\n\x1a\n123")
    site.write("data/d.toml", "a = \n")
    site.write("static/a.css", b"\xff")
    with pytest.raises(BuildError) as caught:
        site.build()
    said = str(caught.value)
    for place in (
        "site.yaml:1: ",
        "site.yaml:2: ",
        "site.yaml:3: ",
        "a.md:4: ",
        "broken.png: ",
        "d.toml:1: ",
        "a.css: ",
    ):
        assert place in said
    assert "U+0007" in said


def test_a_control_character_by_its_escape_is_found_before_it_breaks_the_feed(site):
    site.write("blog/a.md", '---\ntitle: "A \\x08"\ndate: 2026-01-01\n---\nText\n')
    with pytest.raises(BuildError, match=r"a\.md:2: has a control character, which no feed may have"):
        site.build()


def test_a_picture_that_ends_too_soon_is_named(site):
    from .test_assets import picture

    site.write("a.md", "![x](half.jpg)\n")
    site.write("half.jpg", picture(2000, 1000, "JPEG")[:400])
    with pytest.raises((BuildError, SiteError), match=r"half\.jpg: is not a picture that can be read"):
        site.build()


def test_a_cascade_holds_back_the_pages_below(site):
    site.write("blog/_index.md", "---\ncascade: {draft: true}\n---\n# Blog\n")
    site.write("blog/a.md", "# Hush\n")
    site.write("b.markdown", "# Shown\n")
    site.build()
    assert (site.output / "b/index.html").exists()
    assert not (site.output / "blog/a").exists()


@pytest.mark.parametrize("head", ["title: no", "tags: [yes]", "description: off"])
def test_a_word_that_yaml_takes_for_true_or_false_is_no_text(site, head):
    site.write("a.md", f"---\n{head}\n---\n")
    with pytest.raises(BuildError, match=r"a\.md:2: .* must be .*, not \[?(True|False)"):
        site.build()
