"""Normalization of text for searching, filtering and sorting, which ignore case, accents and other marks.

board/static/board/normalize.js applies the same rules. board/tests/search.json tests both.
"""

import re
from unicodedata import normalize as decompose

# Combining marks, Hebrew and Arabic vowel points, soft hyphens, and zero-width characters.
IGNORED = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u00ad\u200b-\u200f\u2060\ufeff]"
)
# Letters that NFKD does not decompose, although people expect it.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
    # Dotless i and final sigma.
    | {"\u0131": "i", "\u03c2": "\u03c3"}
)


def normalize(text: str) -> str:
    """Return the form of a text that is used for comparison: "istanbuler strasse" for "İstanbuler Straße"."""
    if text.isascii():
        return text.lower()
    # First lowercase, for ẞ; then uppercase, for ß and ﬁ, which become two letters.
    text = decompose("NFKD", text).lower().upper().lower()
    return IGNORED.sub("", decompose("NFKD", text)).translate(LETTERS)


def sort_key(name: str) -> bytes:
    """Return the sort key of a name. Names that differ only in case or marks have different keys."""
    return f"{normalize(name)}\x01{name}".encode(errors="surrogatepass")
