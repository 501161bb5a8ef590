"""What a person fills in to let programs in."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from .models import Token


class TokenForm(forms.ModelForm):
    """A new token; its key is there once, when it is issued."""

    days = forms.TypedChoiceField(
        label="Valid for",
        choices=[(30, "30 days"), (90, "90 days"), (365, "a year"), ("", "no end")],
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
    )

    class Meta:
        model = Token
        fields = ["name", "scope"]
        labels = {"name": "What it is for", "scope": "May"}

    def issue(self, owner):
        """Make the token of the valid form and return its key."""
        days = self.cleaned_data["days"]
        self.instance.owner = owner
        self.instance.expires_at = days and timezone.now() + timedelta(days=days)
        return self.instance.issue()
