"""What a person dismisses who has been told what happened while they were away."""

from django import forms


class SeenForm(forms.Form):
    """The sequence number up to which they have been told."""

    seq = forms.IntegerField(min_value=0, max_value=2**63 - 1)
