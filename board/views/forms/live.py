"""The query of a page that polls for changes."""

from django import forms
from django.conf import settings


class ChangesForm(forms.Form):
    """The sequence number that a page shows, its format and its language."""

    since = forms.IntegerField(min_value=0, max_value=2**63 - 1)
    format = forms.CharField(required=False)
    language = forms.ChoiceField(required=False, choices=settings.LANGUAGES)
