"""Forms of sprints."""

from django import forms
from django.utils.translation import gettext_lazy as _

from board.models import Sprint

from .base import ChangeForm, DateInput


class SprintForm(ChangeForm):
    class Meta:
        model = Sprint
        fields = ["name", "end", "description"]
        labels = {"end": _("End date")}
        widgets = {"end": DateInput, "description": forms.Textarea({"rows": 3})}
