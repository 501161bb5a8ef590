"""Columns by which lists are searched and ordered. They follow from the other columns of their row."""

from django.db import models

from board.text.search import normalize, sort_key


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
