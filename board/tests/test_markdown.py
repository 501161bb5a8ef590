"""Descriptions as Markdown: what a task's page shows, what a card shows, and what nobody gets through."""

import pytest

from board.markdown import gist, to_html

from .reading import Page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** _it_ ~~no~~ `x`", "<p><strong>bold</strong> <em>it</em> <s>no</s> <code>x</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# Head", "<h2>Head</h2>"),
        ("###### Head", "<h6>Head</h6>"),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>'),
        ("[x](/tasks/5/)", '<p><a href="/tasks/5/" rel="nofollow noopener">x</a></p>'),
        ("www.a.org", '<p><a href="http://www.a.org" rel="nofollow noopener">www.a.org</a></p>'),
        ("<mailto:a@b.org>", '<p><a href="mailto:a@b.org" rel="nofollow noopener">mailto:a@b.org</a></p>'),
        (
            "![A cat](https://a.org/c.png)",
            '<p><a href="https://a.org/c.png" rel="nofollow noopener">A cat</a></p>',
        ),
    ],
)
def test_markdown_is_shown_as_its_writers_expect(text, html):
    assert to_html(text).strip() == html


def test_tables_and_task_lists_are_shown():
    page = Page(to_html("| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n- [ ] open"))
    assert page.texts("td") == ["1", "2"]
    assert page.texts("label") == ["done", "open"]
    assert ["checked" in box.attributes for box in page.all("input")] == [True, False]
    assert all("disabled" in box.attributes for box in page.all("input"))


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
    ],
)
def test_nothing_of_it_can_act(text):
    page = Page(to_html(text))
    assert not page.all("script")
    assert not page.all("img")
    for element in page.all():
        assert element.attributes.keys() <= {"href", "title", "rel"}
        assert not element.attributes.get("href", "").lower().startswith(("javascript", "data", "vbscript"))


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
    ],
)
def test_a_card_shows_the_text_without_its_signs(text, line):
    assert gist(text) == line


def test_the_page_shows_it_and_the_card_says_it(browser, add):
    task = add("Draw", description="**With** a pencil & <i>\n\n- one")
    page = Page(browser.get(f"/tasks/{task.pk}/"))
    description = page.one("div", class_="description")
    assert (description.texts("strong"), description.texts("li"), description.all("i")) == (["With"], ["one"], [])
    card = Page(browser.get(f"/tasks/{task.pk}/", headers={"HX-Request": "true"}))
    assert card.texts("p") == ["With a pencil & <i> one"]
