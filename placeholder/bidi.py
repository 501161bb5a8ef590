"""The direction in which texts are read.

A simplified form of the Unicode Bidirectional Algorithm (UAX 9), for lines that need several fonts; the library that shapes
text applies it fully to the text in one font.
"""

import unicodedata
from itertools import accumulate

STRONG = {"L": False, "R": True, "AL": True}
# Numbers and marks have the direction of what is before them.
FOLLOWING = ("EN", "AN", "NSM")
BRACKETS = {"(": ")", "[": "]", "{": "}", "「": "」"}

type Known = list[bool | None]


def reads_from_right(text: str) -> bool:
    kinds = map(unicodedata.bidirectional, text)
    return next((STRONG[kind] for kind in kinds if kind in STRONG), False)


def directions(line: str, is_rtl: bool) -> list[bool]:
    """Return for each character whether it runs from right to left. `is_rtl` is the direction of the text around it."""
    kinds = [unicodedata.bidirectional(character) for character in line]
    before = carried([STRONG.get(kind) for kind in kinds], is_rtl)
    known = [
        direction if kind in STRONG or kind in FOLLOWING else None
        for kind, direction in zip(kinds, before, strict=True)
    ]
    return resolved(with_brackets(line, known, is_rtl), is_rtl)


def with_brackets(line: str, known: Known, is_rtl: bool) -> Known:
    """Return the directions with those of brackets, of which the closing one has that of the opening one."""
    found, opened = resolved(known, is_rtl), []
    known = list(known)
    for place, character in enumerate(line):
        if character in BRACKETS:
            opened.append((BRACKETS[character], place))
        elif opened and character == opened[-1][0]:
            _, start = opened.pop()
            known[start] = known[place] = found[start]
    return known


def resolved(known: Known, is_rtl: bool) -> list[bool]:
    """Return all directions: what is between two of one direction has it, everything else that of the text."""
    before, after = carried(known, is_rtl), carried(known[::-1], is_rtl)[::-1]
    return [
        previous if previous == following else is_rtl for previous, following in zip(before, after, strict=True)
    ]


def carried(known: Known, start: bool) -> list[bool]:
    """Return each direction, or the last one before it that is known."""
    found = accumulate(known, lambda last, each: last if each is None else each, initial=start)
    return [bool(direction) for direction in found][1:]
