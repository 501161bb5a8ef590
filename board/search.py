"""How texts are compared when people search, filter and sort: without case, accents and other marks.

board/static/board/normalize.js has the same rule; board/tests/search.json holds both to it.
"""

import re
from unicodedata import normalize as decompose

from django.db import models

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


def normalize(text):
    """Return a text as it is compared: "İstanbuler Straße" gives "istanbuler strasse"."""
    if text.isascii():
        return text.lower()
    # By way of small letters, for ẞ, and of capitals, for ß and ﬁ, which become two letters.
    text = decompose("NFKD", text).lower().upper().lower()
    return IGNORED.sub("", decompose("NFKD", text)).translate(LETTERS)


def sort_key(name):
    """Return the key by which names are sorted as people do; names alike but for case or marks differ at the end."""
    return f"{normalize(name)}\x01{name}".encode(errors="surrogatepass")


class Derived:
    """A column that follows from others whenever its row is saved. The log does not record it."""

    def __init__(self, **kwargs):
        # Null where an older release added the row.
        super().__init__(**kwargs | {"null": True, "editable": False})

    def pre_save(self, row, add):
        value = self.derive(row)
        setattr(row, self.attname, value)
        return value


class SearchText(Derived, models.TextField):
    """What a search looks through: the row's `search_fields`, a line or more each."""

    def derive(self, row):
        return "\n".join(normalize(getattr(row, name)) for name in row.search_fields)


class NameKey(Derived, models.BinaryField):
    """By what lists are ordered by name. Bytes, since every database compares these alike."""

    def derive(self, row):
        return sort_key(row.name)


class Searchable(models.Model):
    """A row with a name, which lists are searched and ordered by."""

    search_fields = ("name",)

    search_text = SearchText()
    name_key = NameKey()

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is not None and not set(self.search_fields).isdisjoint(update_fields):
            update_fields = [*update_fields, "search_text", "name_key"]
        super().save(*args, update_fields=update_fields, **kwargs)
