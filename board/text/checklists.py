"""Checklists in Markdown: list items that begin with `[ ]` or `[x]`, but not in code.

An item is found by its text, and by its number if several have the same text. So a tick goes to the right item, whatever
else has changed in the text.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from markdown_it.rules_core import StateCore, block, normalize
from markdown_it.token import Token

from .parser import parser

# At the beginning of the content of an item.
MARK = re.compile(r"^\[([ xX])\][ \t\n]+")
# The line breaks of CommonMark.
LINE_END = re.compile(r"\r\n?|\n")


class Item(NamedTuple):
    """An item, its number from 0 on, and the position of its mark (" " or "x") in the text."""

    number: int
    text: str
    is_checked: bool
    position: int


class Progress(NamedTuple):
    done: int
    total: int


def check(text: str, number: int, item_text: str, is_checked: bool) -> str:
    """Return the text with an item checked or not: of those with this text, the one with the nearest number.

    Raises `LookupError` if there is none.
    """
    return _with_mark(text, _find(_by_text(text), number, item_text), is_checked)


def _by_text(text: str) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items(text):
        found.setdefault(item.text, []).append(item)
    return found


def _find(found: Mapping[str, list[Item]], number: int, text: str) -> Item:
    same = found.get(text, [])
    if not same:
        raise LookupError
    after = bisect_left(same, number, key=lambda item: item.number)
    return min(same[max(after - 1, 0) : after + 1], key=lambda item: abs(item.number - number))


def _with_mark(text: str, item: Item, is_checked: bool) -> str:
    if item.is_checked == is_checked:
        return text
    return f"{text[: item.position]}{'x' if is_checked else ' '}{text[item.position + 1 :]}"


def merge(base: str, theirs: str, mine: str) -> str | None:
    """Return `mine` with the items that `theirs` checked or unchecked since `base`.

    Returns None if `theirs` has other changes, or if one of these items is no longer in `mine`.
    """
    was, now, found = items(base), items(theirs), _by_text(mine)
    if _unmarked(base, was) != _unmarked(theirs, now):
        return None
    try:
        for before, after in zip(was, now, strict=True):
            if before.is_checked != after.is_checked:
                mine = _with_mark(mine, _find(found, after.number, after.text), after.is_checked)
    except LookupError:
        return None
    return mine


def _unmarked(text: str, found: tuple[Item, ...]) -> str:
    for item in found:
        text = _with_mark(text, item, False)
    return text


def changed_item(before: str, after: str) -> Item | None:
    """Return the item whose check is the only difference between two texts, or None."""
    if len(before) != len(after):
        return None
    differences = [n for n, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
    if len(differences) != 1:
        return None
    return next((item for item in items(after) if item.position == differences[0]), None)


def progress(text: str) -> Progress:
    found = items(text)
    return Progress(sum(item.is_checked for item in found), len(found))


@lru_cache(maxsize=4096)
def items(text: str) -> tuple[Item, ...]:
    """Return the items of a text. Only its blocks are parsed, which is quicker."""
    if "[" not in text:
        return ()
    state = StateCore(text, parser(), {})
    normalize(state)
    block(state)
    starts = [0, *(match.end() for match in LINE_END.finditer(text))]
    return tuple(_items(state.tokens, text, starts))


def _items(tokens: list[Token], text: str, starts: list[int]) -> Iterator[Item]:
    for number, (token, mark) in enumerate(_marks(tokens)):
        assert token.map
        # Before the mark, the line has nothing but the marks of lists and quotes.
        position = text.index("[", starts[token.map[0]]) + 1
        yield Item(number, _text_after(mark), mark[1] != " ", position)


def _marks(tokens: list[Token]) -> Iterator[tuple[Token, re.Match[str]]]:
    """Yield the contents of items, with their marks: first paragraphs of list items that begin with one."""
    for item, paragraph, token in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (item.type, paragraph.type) == ("list_item_open", "paragraph_open") and (
            mark := MARK.match(token.content)
        ):
            yield token, mark


def _text_after(mark: re.Match[str]) -> str:
    return " ".join(mark.string[mark.end() :].split())


def read_items(state: StateCore) -> None:
    """Take the marks of items out of their contents. A core rule of the parser, before `inline`."""
    for number, (token, mark) in enumerate(_marks(state.tokens)):
        token.content = token.content[mark.end() :]
        token.meta["item"] = number, _text_after(mark), mark[1] != " "


def add_checkboxes(state: StateCore) -> None:
    """Put boxes before the contents of items: buttons with `env["can_check"]`. A core rule of the parser."""
    for token in state.tokens:
        if "item" in token.meta:
            box = (
                _button(*token.meta["item"])
                if state.env.get("can_check")
                else [_disabled_box(*token.meta["item"])]
            )
            children = token.children or []
            token.children = [
                Token("label_open", "label", 1),
                *box,
                Token("text", "", 0, content=" "),
                *children,
                Token("label_close", "label", -1),
            ]


def _button(number: int, text: str, is_checked: bool) -> list[Token]:
    attrs: dict[str, str | int | float] = {
        "id": f"item-{number}",
        "role": "checkbox",
        "aria-checked": str(is_checked).lower(),
        "name": "item",
        "value": f"{number}:{int(not is_checked)}:{text}",
    }
    return [Token("button_open", "button", 1, attrs=attrs), Token("button_close", "button", -1)]


def _disabled_box(number: int, text: str, is_checked: bool) -> Token:
    attrs: dict[str, str | int | float] = {"type": "checkbox", "disabled": ""}
    return Token("checkbox", "input", 0, attrs=attrs | ({"checked": ""} if is_checked else {}))
