"""Fields, widgets and the base class of the board's forms."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.forms.renderers import TemplatesSetting
from django.utils.formats import date_format

from board.actions import Conflict
from board.history import sentences
from board.models.fields import EARLIEST
from board.templatetags.people import by_name, full_name

if TYPE_CHECKING:
    # The stubs make these classes generic, which they are not at run time.
    AnyModelForm = forms.ModelForm[Any]
    UserChoiceField = forms.ModelChoiceField[User]
    UserChoiceIterator = forms.models.ModelChoiceIterator[User]
else:
    AnyModelForm, UserChoiceField = forms.ModelForm, forms.ModelChoiceField
    UserChoiceIterator = forms.models.ModelChoiceIterator


class Field(forms.BoundField):
    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Set `dir="auto"` on text fields and `autofocus` on the first invalid field.

        `data-limit` replaces `maxlength`, at which browsers silently truncate pasted text. The page shows a counter
        (board/static/board/limits.js), and the server validates.
        """
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if "maxlength" in widget.attrs:
            attrs |= {"maxlength": False, "data-limit": widget.attrs["maxlength"]}
        if self.form.errors and self.name == next((n for n in self.form.fields if n in self.form.errors), None):
            attrs |= {"autofocus": True}
        is_text = getattr(widget, "input_type", "textarea") in ("text", "textarea")
        return attrs | {"dir": "auto"} if is_text else attrs


class Renderer(TemplatesSetting):
    """A form renderer with the template board/field.html for all fields."""

    bound_field_class = Field
    field_template_name = "board/field.html"


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__({"min": EARLIEST.isoformat(), "max": date.max.isoformat()}, format="%Y-%m-%d")


class SortedPeopleIterator(UserChoiceIterator):
    """Sorts people by name, independent of the collation of the database."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        yield from map(self.choice, sorted(self.queryset, key=by_name))


class PersonField(UserChoiceField):
    iterator = SortedPeopleIterator

    def label_from_instance(self, person: User) -> str:
        return full_name(person)


def _display_value(value: Any) -> Any:
    """Return the value of a model field as text."""
    if isinstance(value, date):
        return date_format(value, "DAY_AND_YEAR")
    return full_name(value) if isinstance(value, get_user_model()) else value


class ChangeForm(AnyModelForm):
    """A form that detects concurrent changes of its row by the version it was rendered with.

    A conflicting field shows both values (board/field.html). The choice is submitted as `keep-<field>`: "mine" or
    "theirs".
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, instance: Any = None, **kwargs: Any) -> None:
        super().__init__(data, instance=instance, initial={"version": instance and instance.version}, **kwargs)
        self.conflict: Conflict | None = None

    @property
    def base(self) -> int | None:
        version: int | None = self.cleaned_data["version"]
        return version

    def changes(self) -> dict[str, Any]:
        """Return {field: value} of the valid form, without fields for which "theirs" was chosen.

        Fields that were not submitted stay as they are: a page of an older release lacks some.
        """
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version" and name in self.data and self.data.get(f"keep-{name}") != "theirs"
        }

    def show_conflict(self, conflict: Conflict) -> None:
        """Show both values of conflicting fields, and the current value of fields that the user did not change.

        The form gets the current version, so it can be submitted again.
        """
        self.conflict = conflict
        data = self.data = cast(Any, self.data).copy()
        data["version"] = conflict.row.version
        now = self._meta.model._meta
        for name in cast("list[str]", self._meta.fields):
            if name in conflict.clashes:
                event = conflict.clashes[name]
                theirs = _display_value(getattr(conflict.row, name))
                cast(Any, self[name]).clash = {
                    "theirs": theirs,
                    "who": sentences.actor(event),
                    "at": event.created_at,
                }
            elif name in self.fields and name not in conflict.mine:
                data[name] = now.get_field(name).value_from_object(conflict.row)
