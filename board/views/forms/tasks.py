"""Forms of tasks."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from board.models import Task, Team

from .base import ChangeForm, DateInput, PersonField
from .quick_add import SHOWS_UNDERSTOOD, as_fields, rules

if TYPE_CHECKING:
    TaskModelForm = forms.ModelForm[Task]  # the stubs make it generic, which it is not at run time
else:
    TaskModelForm = forms.ModelForm


class TaskForm(ChangeForm):
    """The form of a card, or of one of its fields (`only`)."""

    assigned = PersonField(
        get_user_model().objects.none(), label=_("Assigned to"), required=False, empty_label=_("Nobody")
    )

    points = forms.TypedChoiceField(label=_("Points"), required=False, coerce=int, empty_value=None)

    class Meta:
        model = Task
        fields = ["name", "description", "due", "assigned", "points"]
        labels = {"due": _("Due")}
        widgets = {"due": DateInput, "description": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, only: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only = only
        if only:
            self.fields = {name: self.fields[name] for name in (only, "version")}
        if "assigned" in self.fields:
            self._offer_people()
        if "points" in self.fields:
            self._offer_points()

    def _offer_people(self) -> None:
        people = get_user_model().objects.filter(is_active=True)
        if self.instance.assigned_id:
            people |= get_user_model().objects.filter(pk=self.instance.assigned_id)
        cast(PersonField, self.fields["assigned"]).queryset = people

    def _offer_points(self) -> None:
        now = self.instance.points
        numbers = sorted({*Team.load().points_scale, *([] if now is None else [now])})
        choices = [("", _("No points")), *((str(number), str(number)) for number in numbers)]
        cast(forms.TypedChoiceField, self.fields["points"]).choices = choices


class NewTaskForm(TaskModelForm):
    """The form of a new task. Its name may end with points, a person and a due date (board/text/quick_add.py)."""

    class Meta:
        model = Task
        fields = ["name", "description"]
        widgets = {"name": forms.TextInput(SHOWS_UNDERSTOOD), "description": forms.Textarea({"rows": 3})}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return data | (as_fields(rules().parse(data["name"])) if data.get("name") else {})


class ItemForm(forms.Form):
    """The item of a checklist that was clicked (`checklists.add_checkboxes`)."""

    item = forms.RegexField("^[0-9]{1,4}:[01]:.", strip=False)

    def item_values(self) -> dict[str, Any]:
        number, is_checked, text = self.cleaned_data["item"].split(":", 2)
        return {"number": int(number), "text": text, "is_checked": is_checked == "1"}
