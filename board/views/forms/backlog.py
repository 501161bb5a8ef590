"""The form of the backlog page's selection."""

import re
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board import actions

ID = re.compile(r"[0-9]{1,18}")
SELECT_SOME = _("Select at least one task.")


class IdsField(forms.Field):
    """The ids of the selected tasks, in the order of the page."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"required": SELECT_SOME}

    def to_python(self, value: Any) -> list[int]:
        if not all(ID.fullmatch(pk) for pk in value or ()):
            raise ValidationError(SELECT_SOME)
        return [int(pk) for pk in value or ()]


class SelectionForm(forms.Form):
    """What to do with the selected tasks of the backlog.

    `do` is a move ("sprint-14", "top", "bottom", or "place" with the neighbours), "points-5", "person-3" ("points-" and
    "person-" without a value), or "delete".
    """

    task = IdsField()
    do = forms.RegexField(
        r"^(top|bottom|place|delete|sprint-[0-9]{1,18}|(points|person)-[0-9]{0,18})$",
        error_messages={"required": _("Choose what to do with the tasks.")},
    )
    after = forms.IntegerField(required=False)
    before = forms.IntegerField(required=False)

    def clean_do(self) -> tuple[str, int | None]:
        name, _, value = self.cleaned_data["do"].partition("-")
        number = int(value) if value else None
        people = get_user_model().objects.filter(is_active=True)
        if name == "person" and number and not people.filter(pk=number).exists():
            raise ValidationError(gettext("This person doesn't exist."))
        return name, number

    def apply(self, by: User) -> actions.Bulk:
        tasks, (name, number) = self.cleaned_data["task"], self.cleaned_data["do"]
        if name == "delete":
            return actions.remove_tasks(by, tasks, from_backlog=True)
        if name in FIELDS:
            return actions.change_tasks(by, tasks, from_backlog=True, **{FIELDS[name]: number})
        place = {side: self.cleaned_data[side] for side in ("after", "before") if name == "place"}
        return actions.move_tasks(by, tasks, number, top=name == "top", from_backlog=True, **place)


FIELDS = {"points": "points", "person": "assigned_id"}
