"""The form of the team's settings."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board.models import Team

if TYPE_CHECKING:
    TeamModelForm = forms.ModelForm[Team]  # the stubs make it generic, which it is not at run time
else:
    TeamModelForm = forms.ModelForm


class TeamForm(TeamModelForm):
    working_days = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day of the week.")},
    )
    points_scale = forms.CharField(label=_("Points scale"))

    class Meta:
        model = Team
        fields = ["name", "working_days", "sprint_length", "points_scale"]
        labels = {"name": _("Name of the team"), "sprint_length": _("Length of a sprint in days")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["points_scale"] = ", ".join(map(str, self.instance.points_scale))

    def clean_points_scale(self) -> list[int]:
        try:
            return sorted({int(number) for number in self.cleaned_data["points_scale"].split(",")})
        except ValueError:
            raise forms.ValidationError(gettext("Enter whole numbers with commas between them.")) from None
