"""Rendering of Markdown for pages and cards, and sanitization."""

import pytest
from django.utils.translation import override
from markdown_it import MarkdownIt

from board.tests.html_page import Page
from board.text.markdown import plain_excerpt, to_html

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "**bold** _it_ ~~no~~ `x`",
            '<p dir="auto"><strong>bold</strong> <em>it</em> <s>no</s> <code>x</code></p>',
        ),
        ("one\ntwo", '<p dir="auto">one<br>\ntwo</p>'),
        ("# Head", '<h2 dir="auto">Head</h2>'),
        ("###### Head", '<h6 dir="auto">Head</h6>'),
        ("3. three", '<ol start="3">\n<li dir="auto">three</li>\n</ol>'),
        ("[x](/tasks/5/)", '<p dir="auto"><a href="/tasks/5/" rel="nofollow noopener">x</a></p>'),
        ("www.a.org", '<p dir="auto"><a href="http://www.a.org" rel="nofollow noopener">www.a.org</a></p>'),
        (
            "<mailto:a@b.org>",
            '<p dir="auto"><a href="mailto:a@b.org" rel="nofollow noopener">mailto:a@b.org</a></p>',
        ),
        (
            "![A cat](https://a.org/c.png)",
            '<p dir="auto"><a href="https://a.org/c.png" rel="nofollow noopener">A cat</a></p>',
        ),
    ],
)
def test_markdown_is_shown_as_its_writers_expect(text, html):
    assert to_html(text).strip() == html


def test_tables_and_task_lists_are_shown():
    page = Page(to_html("| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n- [ ] open"))
    assert page.texts("td") == ["1", "2"]
    assert page.texts("label") == ["done", "open"]
    assert ["checked" in box.attrs for box in page.all("input")] == [True, False]
    assert all("disabled" in box.attrs for box in page.all("input"))


def test_the_boxes_of_a_task_list_can_be_buttons_with_what_is_in_the_text():
    page = Page(to_html('- [x] **a** "b" <i>\n\n1. [ ] a\n   b', can_check=True))
    assert [box.attrs for box in page.all("button")] == [
        {"id": "item-0", "role": "checkbox", "aria-checked": "true", "name": "item", "value": '0:0:**a** "b" <i>'},
        {"id": "item-1", "role": "checkbox", "aria-checked": "false", "name": "item", "value": "1:1:a b"},
    ]
    assert page.texts("label") == ['a "b" <i>', "a b"]
    assert not page.all("input")


def test_columns_of_a_table_are_aligned_without_inline_style():
    cells = Page(to_html("| a | b | c |\n|---|:-:|--:|\n| 1 | 2 | 3 |")).all("td")
    assert [cell.get("class") for cell in cells] == [None, "align-center", "align-right"]
    assert all("style" not in cell.attrs for cell in cells)


def test_an_alert_has_its_title_in_the_readers_language():
    page = Page(to_html("> [!WARNING]\n> Mind the *gap*"))
    assert page.one("div", class_="markdown-alert markdown-alert-warning").texts("p") == [
        "Warning",
        "Mind the gap",
    ]
    with override("de"):
        assert Page(to_html("> [!warning]\n> Mind the gap")).texts("p") == ["Warnung", "Mind the gap"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<b onclick=alert(1)>x</b>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:alert(1))",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '![x" onerror="alert(1)](https://a.org/"onerror="alert(1))',
        '[x](https://a.org/ "t\\" onmouseover=\\"alert(1)")',
        '```" onclick="alert(1)\nx\n```',
        "<img src=x onerror=alert(1)>",
        "| a |\n|:-:|\n| b |",
        '- [ ] " onclick="alert(1)" x="',
    ],
)
def test_nothing_of_it_can_act(text):
    page = Page(to_html(text))
    assert not page.all("script")
    assert not page.all("img")
    for element in page.all():
        assert element.attrs.keys() <= {"href", "title", "rel", "dir", "class", "type", "disabled"}
        assert element.attrs.get("class") in (None, "align-center")
        assert not element.attrs.get("href", "").lower().startswith(("javascript", "data", "vbscript"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("**Bold** start, _soft_ end", "Bold start, soft end"),
        ("# Head\n\ntext", "Head text"),
        ("- a\n- [ ] b\n* [x] c\n> d", "a b c d"),
        ('[a](https://a.org) and ![b](b.png "t")', "a and b"),
        ("```python\nx = 1\n```", "x = 1"),
        ("| a | b |\n|---|--:|\n| 1 | 2 |", "a b 1 2"),
        ("~~no~~ `code`", "no code"),
        (r"\*not soft\*", "*not soft*"),
        ("snake_case and 2 * 3, a*b", "snake_case and 2 * 3, a*b"),
        ("5. June, -5 degrees, #7", "5. June, -5 degrees, #7"),
        ("First\r\n\r\nSecond", "First Second"),
        ("<b>x</b> & {{ y }}", "<b>x</b> & {{ y }}"),
        ("---", ""),
        ("https://www.youtube.com/watch?v=_2_-21bdGe4", "https://www.youtube.com/watch?v=_2_-21bdGe4"),
        (
            "See https://en.wikipedia.org/wiki/Foo_(bar), _soon_",
            "See https://en.wikipedia.org/wiki/Foo_(bar), soon",
        ),
        ("<https://a.org/*x*?y=__z__>", "https://a.org/*x*?y=__z__"),
        ("[the film](https://a.org/wiki/Foo_(bar))", "the film"),
        ("[the film][1] is *long*\n\n[1]: https://a.org/_2_", "the film is long"),
        ("![](https://a.org/c_d_e.png)", "https://a.org/c_d_e.png"),
        ("Run `a_b_c` and `*x*`, `[x](y)`", "Run a_b_c and *x*, [x](y)"),
        ("    __init__(self)", "__init__(self)"),
        ("```\n# not a head\n__init__\n```", "# not a head __init__"),
        ("my_long_name, _my_long_name_, a__b__c", "my_long_name, my_long_name, a__b__c"),
        ("AT&amp;T &copy; 2 &lt; 3", "AT&T © 2 < 3"),
        ("1. one\n2. two\n   - three", "1. one 2. two three"),
        ("[ ] not a task", "[ ] not a task"),
        ("| a_b_c | `d\\|e` |\n|---|---|\n| 1 | \\| |", "a_b_c d|e 1 |"),
        ("line\\\nbreak  \nagain", "line break again"),
        ("**" + "bold " * 400 + "end**", " ".join(["bold"] * 400) + " end"),
    ],
)
def test_a_card_shows_the_text_without_its_signs(text, line):
    assert plain_excerpt(text) == line


def test_a_card_reads_no_more_of_a_long_description_than_it_shows(monkeypatch):
    read = []
    parse = MarkdownIt.parseInline
    monkeypatch.setattr(
        MarkdownIt, "parseInline", lambda self, text, env: read.append(text) or parse(self, text, env)
    )
    assert plain_excerpt("A *paragraph* of some words.\n\n" * 300).startswith(
        "A paragraph of some words. A paragraph"
    )
    assert len(read) < 10


def test_each_block_has_the_direction_of_its_text():
    page = Page(to_html("# مهمة\n\ntext\n\n- مهمة\n\n| a |\n|---|\n| مهمة |"))
    assert [element["dir"] for tag in ("h2", "p", "li", "th", "td") for element in page.all(tag)] == ["auto"] * 5


def test_the_page_renders_it_and_the_card_shows_plain_text(browser, add):
    task = add("Draw", description="**With** a pencil & <i>\n\n- one")
    page = Page(browser.get(f"/tasks/{task.pk}/"))
    description = page.one("div", class_="description")
    assert (description.texts("strong"), description.texts("li"), description.all("i")) == (["With"], ["one"], [])
    card = Page(browser.get(f"/tasks/{task.pk}/", headers={"HX-Request": "true"}))
    assert card.texts("p") == ["With a pencil & <i> one"]
