"""Derived columns for searching and ordering lists."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models

from board.text.search import normalize, sort_key

if TYPE_CHECKING:
    # The stubs make these classes generic, which they are not at run time.
    BaseTextField = models.TextField[str, str]
    BaseBinaryField = models.BinaryField[bytes, bytes]
else:
    BaseTextField, BaseBinaryField = models.TextField, models.BinaryField


class Derived:
    """A column computed from others whenever its row is saved. The log does not record it."""

    attname: str

    def __init__(self, **kwargs: Any) -> None:
        # Null for rows added by an older release.
        super().__init__(**kwargs | {"null": True, "editable": False})

    def derive(self, row: Any) -> Any:
        raise NotImplementedError

    def pre_save(self, row: models.Model, add: bool) -> Any:
        value = self.derive(row)
        setattr(row, self.attname, value)
        return value


class SearchText(Derived, BaseTextField):
    """The normalized text of the row's `search_fields`, separated by line breaks."""

    def derive(self, row: Any) -> str:
        return "\n".join(normalize(getattr(row, name)) for name in row.search_fields)


class NameKey(Derived, BaseBinaryField):
    """The sort key of the row's name. Bytes, because all databases compare them alike."""

    def derive(self, row: Any) -> bytes:
        return sort_key(row.name)


class Searchable(models.Model):
    """A row with a name. Lists of it can be searched and ordered by name."""

    search_fields: tuple[str, ...] = ("name",)

    search_text = SearchText()
    name_key = NameKey()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None and not set(self.search_fields).isdisjoint(update_fields):
            update_fields = [*update_fields, "search_text", "name_key"]
        super().save(*args, update_fields=update_fields, **kwargs)
