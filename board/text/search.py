"""How texts are compared when people search, filter and sort: without case, accents and other marks.

board/static/board/normalize.js has the same rule; board/tests/search.json holds both to it.
"""

import re
from unicodedata import normalize as decompose

# Combining marks, vowel points of Hebrew and Arabic, soft hyphens, and what takes no space.
IGNORED = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u00ad\u200b-\u200f\u2060\ufeff]"
)
# Letters that Unicode does not take apart, but people do.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
    # The dotless i and the sigma at the end of a word.
    | {"\u0131": "i", "\u03c2": "\u03c3"}
)


def normalize(text: str) -> str:
    """Return a text as it is compared: "İstanbuler Straße" gives "istanbuler strasse"."""
    if text.isascii():
        return text.lower()
    # By way of small letters, for ẞ, and of capitals, for ß and ﬁ, which become two letters.
    text = decompose("NFKD", text).lower().upper().lower()
    return IGNORED.sub("", decompose("NFKD", text)).translate(LETTERS)


def sort_key(name: str) -> bytes:
    """Return the key by which names are sorted as people do; names alike but for case or marks differ at the end."""
    return f"{normalize(name)}\x01{name}".encode(errors="surrogatepass")
