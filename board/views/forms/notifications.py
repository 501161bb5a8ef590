from django import forms


class MarkReadForm(forms.Form):
    """The number of the newest event on the page, so that what came since stays unread."""

    until = forms.IntegerField(min_value=0, max_value=2**63 - 1)


class FollowForm(forms.Form):
    on = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1")
