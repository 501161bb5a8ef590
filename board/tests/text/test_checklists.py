"""The items of a checklist: which there are, and what a tick changes. Rendering is in test_markdown.py."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from board.text.checklists import Progress, changed_item, check, items, merge, progress

LINES = [
    "- [ ] a",
    "* [x] b",
    "1. [X] a",
    "   - [ ] c d",
    "> - [ ]  e",
    "+ [ ] [x] f",
    "text [ ] a",
    "```",
    "    - [x] g",
    "\t- [ ] h",
    "- [ ] [l](u) *m*",
    "  more",
    "",
    "- - [ ] i",
    "[x]: /u",
    "- plain",
    "-\n  [ ] j",
    "# [ ] k",
]
texts = st.lists(st.sampled_from(LINES)).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)


def listed(text):
    return [(item.text, item.is_checked) for item in items(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- [ ] a\n- [x] b\n* [X] c\n1. [ ] d", [("a", False), ("b", True), ("c", True), ("d", False)]),
        ("- a\n  - [ ] b\n    > 1) [x] c", [("b", False), ("c", True)]),
        ("- [ ] a\n  goes  on\nlazily\n\n  not here", [("a goes on lazily", False)]),
        ("- [ ] `code` [l](u) **b** @ben", [("`code` [l](u) **b** @ben", False)]),
        ("- [ ] a", [("a", False)]),
        ("```\n- [ ] a\n```\n\n    - [ ] b\n\n`- [ ] c`", []),
        ("[ ] a\n\n- []a\n- [ ]\n- [y] b\n- [ ]c\n- \\[ ] d\n- x [ ] e\n# [ ] f\n\n> [ ] g", []),
        ("", []),
    ],
)
def test_an_item_is_the_beginning_of_a_list_item_with_a_mark(text, found):
    assert listed(text) == found


def test_a_tick_changes_one_mark():
    text = "Before\r\n\r\n> * [ ]  a\r\n> * [x] b\r\n\r\n```\r\n- [ ] a\r\n```"
    ticked = check(text, 0, "a", True)
    assert ticked == text.replace("* [ ]  a", "* [x]  a")
    assert check(ticked, 0, "a", True) == ticked
    assert check(ticked, 0, "a", False) == text
    assert check(text, 1, "b", False) == text.replace("[x]", "[ ]")


def test_of_several_items_with_the_same_text_the_nearest_is_ticked():
    text = "- [ ] a\n- [ ] b\n- [ ] a\n- [ ] c\n- [ ] a"
    assert [
        item.number for number in range(6) for item in items(check(text, number, "a", True)) if item.is_checked
    ] == [0, 0, 2, 2, 4, 4]


def test_an_item_that_is_gone_is_an_error():
    with pytest.raises(LookupError):
        check("- [ ] a\n\n`- [ ] b`", 0, "b", True)


@given(texts, st.data())
def test_ticking_changes_nothing_else_and_twice_is_the_identity(text, data):
    found = items(text)
    if not found:
        return
    item = data.draw(st.sampled_from(found))
    ticked = check(text, item.number, item.text, not item.is_checked)
    assert [n for n, (was, now) in enumerate(zip(text, ticked, strict=True)) if was != now] == [item.position]
    assert [
        now._replace(is_checked=was.is_checked) for was, now in zip(found, items(ticked), strict=True)
    ] == list(found)
    assert [was.number for was, now in zip(found, items(ticked), strict=True) if was != now] == [item.number]
    assert changed_item(text, ticked) == items(ticked)[item.number]
    assert check(ticked, item.number, item.text, item.is_checked).lower() == text.lower()


@given(texts, texts)
def test_their_ticks_are_merged_into_any_text_that_has_the_items(base, more):
    theirs = base
    for item in items(base):
        theirs = check(theirs, item.number, item.text, True)
    assert merge(base, theirs, base) == theirs
    assert merge(base, base, more) == more
    assert merge(theirs, base, theirs).lower() == base.lower()


@pytest.mark.parametrize(
    ("theirs", "mine", "merged"),
    [
        ("- [x] a\n- [ ] b", "New\n\n- [ ] b\n- [ ] a", "New\n\n- [ ] b\n- [x] a"),
        ("- [x] a\n- [ ] b", "- [ ] A\n- [ ] b", None),
        ("- [x] a\n- [ ] c", "- [ ] a\n- [ ] b\n- [ ] d", None),
        ("- [x] a\n- [x] b", "- [x] a\n- [ ] b", "- [x] a\n- [x] b"),
    ],
)
def test_ticks_are_merged_only_if_nothing_else_changed_and_the_item_is_there(theirs, mine, merged):
    assert merge("- [ ] a\n- [ ] b", theirs, mine) == merged


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- [ ] a", "- [x] b"),
        ("- [ ] a", "- [x] a."),
        ("- [ ] a", "- [ ] a"),
        ("- ab", "- ac"),
        ("`- [ ] a`", "`- [x] a`"),
    ],
)
def test_other_changes_are_no_tick(before, after):
    assert changed_item(before, after) is None


def test_the_progress_counts_what_can_be_ticked():
    assert progress("- [x] a\n- [ ] b\n\n```\n- [x] c\n```") == Progress(1, 2)
    assert progress("[x] no list") == Progress(0, 0)
