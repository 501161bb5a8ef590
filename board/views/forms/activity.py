"""The query of a page of the activity."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from .base import PersonField


class UsernameField(PersonField):
    def to_python(self, value: Any) -> User | None:
        # PostgreSQL rejects NUL characters.
        return super().to_python(value and value.replace("\0", ""))


class ActivityForm(forms.Form):
    """Whose changes the page shows, and the sequence number before which it begins."""

    person = UsernameField(
        User.objects.all(),
        label=_("Person"),
        required=False,
        empty_label=_("Everyone"),
        to_field_name="username",
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
