"""Markdown of the big worlds: what is rendered, what is warned about, and which heading is the title."""

import pytest

from sitegen.markdown import first_heading, to_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!!! note\n    x", '<div class="admonition note">\n<p class="admonition-title">Note</p>\n<p>x</p>'),
        ('!!! tip "A `b`"\n    x', '<p class="admonition-title">A <code>b</code></p>'),
        ('!!! note ""\n    x', '<div class="admonition note">\n<p>x</p>'),
        ("!!! note\n    x\n\n\n    y\n\nz", "<p>x</p>\n<p>y</p>\n</div>\n<p>z</p>"),
        ("- a\n\n    !!! note\n        x", '<div class="admonition note">'),
        ("??? note\n    x", '<summary class="admonition-title">Note</summary>\n<p>x</p>\n</details>'),
        ("???+ note\n    x", ' open="">'),
        ("> [!NOTE]\n> x", '<p class="markdown-alert-title">Note</p>\n<p>x</p>'),
        ("- [x] a", 'type="checkbox" checked=""> a</li>'),
        ("# A {#b .c}", '<h1 id="b" class="c">A <a'),
        ('# A {: data-x="y" }', '<h1 data-x="y" id="a">'),
        ("x\n{: .lead }", '<p class="lead">x</p>'),
        ("x\n\n{.lead}", '<p class="lead">x</p>'),
        ("- a\n- b\n{: .c }", '<ul class="c">'),
        ("| a |\n|---|\n| b |\n{: .c }", '<table class="c">'),
        ("[a](b){:target=_blank}", '<a href="b" target="_blank">a</a>'),
        ("[**a**](b){.c}", '<a href="b" class="c"><strong>a</strong></a>'),
        ("![a](b.png){ width=50% }", 'width="50%"'),
        ("> a\n{: .c}", '<blockquote class="c">'),
        (
            "!!! note inline end\n    x",
            '<div class="admonition note inline end">\n<p class="admonition-title">Note</p>',
        ),
        ("www.a.org, https://a.org/b_c and a@b.org", '<a href="mailto:a@b.org">a@b.org</a>'),
        ('# T\n\n=== "A b"\n\n    x', '<div class="tab">\n<h2 id="a-b">A b <a'),
        (
            '``` py title="a.py" hl_lines="1"\nx\n```',
            '<p class="code-title">a.py</p>\n<pre tabindex="0"><code class="language-py">',
        ),
        ("```{.python .x}\nx\n```", 'class="language-python"'),
        ("| a | b |\n|-:|:-:|\n| 1 | 2 |", '<td class="align-right">1</td>\n<td class="align-center">2</td>'),
    ],
)
def test_it_renders(text, expected):
    converted = to_html(text)
    assert expected in converted.html
    assert converted.warnings == []
    assert "style=" not in converted.html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("H~2~O", "subscript"),
        ("a ==b==", "highlighting"),
        ("x^2^", "superscript"),
        ("++new++", "insertion"),
        (":smile:", "emoji"),
        ("$$x$$", "formula"),
        ("so $a_1$", "formula"),
        ("so \\(a\\)", "formula"),
        ("::: note\nx\n:::", "block between"),
        ("[[page]]", "link between"),
        ("word[^1]", "note that is not there"),
        ("[a][b]", "address is not there"),
        ("*[HTML]: x", "abbreviation"),
        ('--8<-- "a"', "snippet"),
        ("*a*{.b}", "attributes"),
        ("> [!HINT]\n> x", "alert"),
        ("<div markdown>\n*x*\n</div>", "HTML"),
        ("| a | b |\n|---|\n| c |", "table"),
        ("!!! \nx", "admonition"),
    ],
)
def test_what_it_does_not_know_is_warned_about(text, said):
    [[needle, reason]] = to_html(text).warnings[:1]
    assert needle in text
    assert said in reason


@pytest.mark.parametrize(
    "text",
    ["10:30:45", "a::b", "it costs $5 and $6_x", "`==a==`", "```\n:::\n[[x]]\n```", "a ~ b ~ c", "x[1][2]{y}"],
)
def test_what_only_resembles_other_syntax_is_no_warning(text):
    assert [reason for needle, reason in to_html(text).warnings if "address is not there" not in reason] == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("```py\n# not me\n```\n\n# Me", "Me"),
        ("# `a_b` and *c* & C#", "a_b and c & C#"),
        ("# [Link](x) ![pic](y) &amp;", "Link pic &"),
        ("# [Link][r]\n\n[r]: /u", "Link"),
        ("Me\n==", "Me"),
        ("Me *too*\nhere\n---", "Me too here"),
        ("## Second\n\n# First", "First"),
        ("text\n\n## Only", "Only"),
        ("<h1>A &amp; <b>b</b></h1>", "A & b"),
        ("# A {#b}", "A"),
        ("    # code", None),
        ("<!--\n# no\n-->", None),
        ("# {{ x }}", None),
        ("text", None),
    ],
)
def test_the_title_is_the_first_heading_of_the_parsed_page(text, title):
    assert first_heading(text, is_markdown=True) == title
