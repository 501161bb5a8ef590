import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.engine import TEMPLATE_TAG
from sitegen.errors import BuildError
from sitegen.markdown import to_html
from sitegen.settings import build_time


@pytest.fixture
def blog(site):
    """A layout that shows what it is asked to, and five dated posts."""
    site.write(
        "layouts/page.html",
        "<!doctype html><html lang='en'><head><title>x</title></head><body>{{ content }}</body></html>",
    )
    for number in range(1, 6):
        tags = "[even]" if number % 2 == 0 else "[odd, first]"
        site.write(
            f"blog/p{number}.md",
            f"---\ntitle: P{number}\ndate: 2026-01-0{number}\ntags: {tags}\n---\nText {number}.\n",
        )
    return site


def shown(site, template):
    """Return what a page with this template shows."""
    site.write("probe.html", f"<div>{template}</div>")
    site.build()
    return site.html("probe/index.html").partition("<div>")[2].partition("</div>")[0]


def test_front_matter_is_yaml_or_json(blog):
    blog.write("a.md", "---\ntitle: From YAML\nnumbers: [1, 2]\n---\n{{ page.title }} {{ numbers.1 }}\n")
    blog.write("b.md", '---\n{"title": "From JSON"}\n---\n{{ title }}\n')
    blog.build()
    assert "<p>From YAML 2</p>" in blog.html("a/index.html")
    assert "<p>From JSON</p>" in blog.html("b/index.html")


def test_metadata_is_escaped(blog):
    blog.write("a.md", "---\ntitle: <script>alert(1)</script>\n---\n{{ title }} {{ page.title }}\n")
    blog.build()
    assert "<script>" not in blog.html("a/index.html")
    assert "&lt;script&gt;" in blog.html("a/index.html")


def test_a_collection_is_a_folder_newest_first(blog):
    assert (
        shown(blog, "{% for p in site.collections.blog %}{{ p.title }} {% endfor %}").strip() == "P5 P4 P3 P2 P1"
    )


def test_a_collection_is_sorted_as_the_settings_say(blog):
    blog.write("site.yaml", "collections: {blog: {sort: title}}\n")
    assert (
        shown(blog, "{% for p in site.collections.blog %}{{ p.title }} {% endfor %}").strip() == "P1 P2 P3 P4 P5"
    )


def test_pages_without_a_value_come_last_either_way(blog):
    for name, weight in (("a", "weight: 1"), ("b", "x: 1"), ("c", "weight: 2")):
        blog.write(f"team/{name}.md", f"---\ntitle: {name}\n{weight}\n---\n")
    for sort, expected in (("weight", "a c b"), ("-weight", "c a b")):
        blog.write("site.yaml", f"collections: {{team: {{sort: {sort}}}}}\n")
        assert shown(blog, "{% for p in site.collections.team %}{{ p }} {% endfor %}").strip() == expected


def test_tags_list_their_pages(blog):
    template = "{% for tag, pages in site.tags.items %}{{ tag }}:{{ pages|length }} {% endfor %}"
    assert shown(blog, template).strip() == "even:2 first:3 odd:3"


def test_each_tag_gets_a_page(blog):
    blog.write(
        "tags.html", '{% block context %}{"each": "tags"}{% endblock %}<div>{{ tag }} {{ items|join:\' \' }}</div>'
    )
    blog.build()
    assert "<div>even P4 P2</div>" in blog.html("tags/even/index.html")


def test_a_list_is_split_into_parts(blog):
    context = '{% block context %}{"paginate": "blog", "per_page": 2}{% endblock %}'
    blog.write(
        "blog/index.html",
        context + "<div>{{ items|join:' ' }}|{{ paginator.previous_url }}|{{ paginator.next_url }}</div>",
    )
    blog.build()
    assert "<div>P5 P4|None|/blog/page/2/</div>" in blog.html("blog/index.html")
    assert "<div>P3 P2|/blog/|/blog/page/3/</div>" in blog.html("blog/page/2/index.html")
    assert "<div>P1|/blog/page/2/|None</div>" in blog.html("blog/page/3/index.html")


def test_data_files_are_site_data(blog):
    blog.write("data/a.json", '{"x": 1}')
    blog.write("data/b.yaml", "x: 2\n")
    blog.write("data/c.csv", "x,y\n3,4\n")
    assert shown(blog, "{{ site.data.a.x }} {{ site.data.b.x }} {{ site.data.c.0.x }}") == "1 2 3"


def test_data_in_folders_has_the_names_of_its_folders(blog):
    blog.write("data/offices/berlin.json", '{"desks": 4}')
    blog.write("data/offices/oslo/north.yaml", "desks: 2\n")
    assert shown(blog, "{{ site.data.offices.berlin.desks }} {{ site.data.offices.oslo.north.desks }}") == "4 2"


@pytest.mark.parametrize("other", ["data/a.yaml", "data/a/b.json"])
def test_two_data_files_of_one_name_are_an_error(blog, other):
    blog.write("data/a.json", "{}")
    blog.write(other, "{}")
    with pytest.raises(BuildError, match="is data named “a”"):
        blog.build()


def test_navigation_and_breadcrumbs_come_from_the_tree(blog):
    blog.write("index.md", "# Start\n")
    blog.write("b.md", "---\ntitle: B\norder: 1\n---\n")
    blog.write("a.md", "---\ntitle: A\norder: 2\n---\n")
    blog.write("hidden.md", "---\ntitle: H\nnavigation: false\n---\n")
    blog.write(
        "b/deep/leaf.md", "{% for crumb in page.breadcrumbs %}{{ crumb.title }} {{ crumb.url }} {% endfor %}"
    )
    assert shown(blog, "{% for p in site.navigation %}{{ p.title }} {% endfor %}").strip() == "B A Probe"
    assert "Start / B /b/" in blog.html("b/deep/leaf/index.html")


def test_previous_and_next_are_the_neighbours_in_the_collection(blog):
    blog.write(
        "blog/p3.md", "---\ntitle: P3\ndate: 2026-01-03\n---\n{{ page.previous.title }} {{ page.next.title }}\n"
    )
    blog.build()
    assert "P4 P2" in blog.html("blog/p3/index.html")


def test_drafts_and_future_pages_are_left_out_unless_asked_for(blog):
    blog.write("draft.md", "---\ndraft: true\n---\n")
    blog.write("future.md", "---\ndate: 2999-01-01\n---\n")
    blog.build()
    built = {"draft", "future"} & {path.name for path in blog.output.iterdir()}
    assert built == set()
    assert "/draft/" not in blog.html("sitemap.xml")
    blog.build(drafts=True, future=True)
    assert (blog.output / "draft/index.html").exists()
    assert (blog.output / "future/index.html").exists()


def test_a_future_page_appears_when_its_date_has_come(blog, monkeypatch):
    blog.write("soon.md", "---\ndate: 2030-01-01\n---\n# Soon\n")
    blog.build()
    assert not (blog.output / "soon").exists()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    blog.build(now=build_time())
    assert (blog.output / "soon/index.html").exists()


def test_the_tags_of_django_work(blog, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    blog.write("static/a.txt", "x")
    addresses = "{% load static %}{% url 'page' 'blog/p1' %} {% url 'blog/p2' %} {% static 'a.txt' %}"
    assert shown(blog, addresses) == "/blog/p1/ /blog/p2/ /static/a.txt"
    assert shown(blog, "{% now 'Y-m-d' %} {% lorem 2 w %}") == "2030-03-17 lorem ipsum"


def test_chance_is_the_same_in_every_build(blog):
    first = shown(blog, "{% lorem 3 p random %}")
    blog.write("static/new.css", "a{}")
    blog.write("probe.html", "x")
    blog.build()
    assert shown(blog, "{% lorem 3 p random %}") == first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 |", "<table>"),
        ("Word[^1]\n\n[^1]: Note", 'class="footnotes"'),
        ("## A heading", '<h2 id="a-heading">'),
        ("```python\ndef f(): pass\n```", '<span class="k">def</span>'),
        ("```nolanguage\na < b\n```", "a &lt; b"),
        ("~~gone~~", "<s>gone</s>"),
        ("Term\n: Meaning", "<dt>Term</dt>\n<dd>Meaning</dd>"),
        ("Once[^1], twice[^1]\n\n[^1]: Note", '<a href="#fnref1:1" class="footnote-backref">'),
        ("## Same\n\n## Same", '<h2 id="same-1">'),
        ("## Of {{ page.title }} ![alt](x.png)\n", 'id="of--"'),
        ("3. c\n4. d", '<ol start="3">'),
        ("![a *b* `c`](x.png)", 'alt="a b c"'),
        ("<me@example.org>", 'href="mailto:me@example.org"'),
        ('[x](<Größe "1".txt>)', 'href="Gr%C3%B6%C3%9Fe%20%221%22.txt"'),
        ("[x](blog/p1.md#top)", 'href="/blog/p1/#top"'),
    ],
)
def test_markdown_has(blog, text, expected):
    blog.write("a.md", text + "\n")
    blog.build()
    assert expected in blog.html("a/index.html")


def test_template_tags_work_in_markdown_prose_and_not_in_code(blog):
    blog.write(
        "a.md",
        "{% for n in site.collections.blog %}\n\n* {{ n.title }}\n\n{% endfor %}\n\n"
        "`{{ page.title }}`\n\n```\n{% nonsense %}\n```\n",
    )
    blog.build()
    html = blog.html("a/index.html")
    assert "<li>P5</li>" in html
    assert "<code>{{ page.title }}</code>" in html
    assert "{% nonsense %}" in html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[x]({% url 'blog/p1' %})", '<a href="/blog/p1/">x</a>'),
        ("| a |\n|---|\n| {{ 'b'|upper }} |", "<td>B</td>"),
        ("{% for n in 'xy' %}\nyes\n{% endfor %}", "<main>\n<p>yes</p>\n\n<p>yes</p>\n\n</main>"),
        ("- {% if page %}\n  yes\n  {% endif %}", "<li>\nyes\n</li>"),
        ('<b title="{{ page.title }}">*x*</b>', '<b title="T"><em>x</em></b>'),
        ("Seen {# for *us* only #}", "<p>Seen </p>"),
        ("{% raw %}{{ page.title }}{% endraw %} `{% raw %}`", "<p>{{ page.title }} <code>{% raw %}</code></p>"),
        ("Not {%`a\nb %}`", "<p>Not {%<code>a b %}</code></p>"),
        ("`{{ a }}`<!--{{ page.title }}-->", "<p><code>{{ a }}</code><!--T--></p>"),
        ('```\n{% if a %}\n{{ b|default:"<" }}\n```', '<code>{% if a %}\n{{ b|default:"&lt;" }}\n</code>'),
    ],
)
def test_template_tags_stand_anywhere_in_markdown(blog, text, expected):
    blog.write("layouts/page.html", "<!doctype html><title>x</title><main>{{ content }}</main>")
    blog.write("a.md", f"---\ntitle: T\n---\n{text}\n")
    blog.build()
    assert expected in blog.html("a/index.html")


PIECES = [
    *(
        "{{ x }}",
        "{% y %}",
        "{%",
        "}}",
        "text",
        "ä",
        "\\",
        "\t",
        "    ",
        "\n",
        "\n\n",
        "\n: ",
        "\n===\n",
        "\n---\n",
        "# ",
    ),
    *(
        "[^a]",
        "[^A]: ",
        "[",
        "](",
        "u)",
        "![",
        "[r]",
        "[r]: /u\n",
        "<a@b.cd>",
        "<http://x>",
        "<b>",
        "<div>\n",
        "<!--",
        "-->",
    ),
    *("- ", "3. ", "> ", "|", "\n|---|:-:|\n", "```\n", "```py\n", "`", "~~", "**", "*", "_", "&amp;", '"', "\0"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_is_markdown_and_its_tags_come_out_as_they_were_or_as_text(text):
    html = to_html(text).html
    assert not re.search("[\ufdd0-\ufdd3]|%EF%B7", html)
    assert not set(TEMPLATE_TAG.findall(html)) - set(TEMPLATE_TAG.findall(text))


def test_a_context_block_in_markdown_counts_at_the_top_and_is_code_below(blog):
    block = '{% block context %}{"title": "T"}{% endblock %}'
    blog.write("a.md", f"{block}\n\n{{{{ title }}}}\n")
    blog.write("b.md", f"# Own\n\n```\n{block}\n```\n\n[{{{{ page.title }}}}]\n")
    blog.build()
    assert "<p>T</p>" in blog.html("a/index.html")
    assert "[Own]" in blog.html("b/index.html")


def test_markdown_can_keep_its_braces(blog):
    blog.write("a.md", "---\ntemplate: false\n---\nSay {{ name }} {% here %}\n")
    blog.build()
    assert "Say {{ name }} {% here %}" in blog.html("a/index.html")


def test_the_layout_is_a_choice(blog):
    blog.write(
        "layouts/wide.html",
        "<!doctype html><html lang='en'><head><title>Wide</title></head><body>{{ content }}</body></html>",
    )
    blog.write("a.md", "---\nlayout: wide\n---\n")
    blog.write("b.md", "---\nlayout: none-such\n---\n")
    with pytest.raises(BuildError, match=r"b\.md.*there is no layout “none-such.html”"):
        blog.build()
    blog.remove("b.md")
    blog.build()
    assert "<title>Wide</title>" in blog.html("a/index.html")
