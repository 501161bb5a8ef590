"""Quick add: what the lines of new tasks mean, and the form for several lines."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board.models import Team
from board.models.fields import BLANK, NAME_LENGTH, TextField, is_visible
from board.templatetags.people import full_name
from board.text.quick_add import Entry, Person, Rules, lines_of

MOST_LINES = 100
# The attributes of a field that shows what is understood while it is typed. A failed request shows no message.
SHOWS_UNDERSTOOD = {
    "hx-get": reverse_lazy("understood"),
    "hx-trigger": "input changed delay:150ms",
    "hx-target": "next .understood",
    "hx-swap": "innerHTML",
    "hx-sync": "this:replace",
    "data-quiet": "",
}


def rules() -> Rules:
    """Return the rules of the team in the active language, with two queries."""
    people = get_user_model().objects.filter(is_active=True)
    people_named = (Person(person.pk, person.username, full_name(person)) for person in people)
    return Rules.of(people_named, Team.load().points_scale, timezone.localdate())


def as_fields(entry: Entry) -> dict[str, Any]:
    """Return the fields of the task, as `actions.add_task` takes them."""
    return {"name": entry.name, "points": entry.points, "assigned_id": entry.assigned, "due": entry.due}


class NewTasksForm(forms.Form):
    """Several new tasks, one per line."""

    lines = TextField(
        label=_("Tasks, one per line"),
        max_length=MOST_LINES * NAME_LENGTH,
        widget=forms.Textarea(
            {
                "rows": 6,
                "hx-vals": '{"preview": "1"}',
                "hx-trigger": "input changed delay:300ms",
                "hx-target": "next .preview",
                "hx-select": ".preview",
                "hx-swap": "outerHTML",
                "hx-sync": "this:replace",
                "data-quiet": "",
            }
        ),
    )

    def __init__(self, data: Any = None, *, action: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["lines"].widget.attrs["hx-post"] = action
        self.entries: list[Entry] = []

    def clean_lines(self) -> str:
        text: str = self.cleaned_data["lines"]
        lines = lines_of(text)
        if len(lines) > MOST_LINES:
            reason = gettext("These are %(count)s tasks. You can add %(most)s at once.")
            raise ValidationError(reason % {"count": len(lines), "most": MOST_LINES})
        known = rules()
        self.entries = [known.parse(line) for line in lines]
        for number, entry in enumerate(self.entries, 1):
            _validate_name(number, entry.name)
        return text


def _validate_name(number: int, name: str) -> None:
    reason = "" if is_visible(name) else str(BLANK)
    if len(name) > NAME_LENGTH:
        values = {"most": NAME_LENGTH, "count": len(name)}
        reason = gettext("Ensure this value has at most %(most)s characters (it has %(count)s).") % values
    if reason:
        raise ValidationError(gettext("Task %(number)s: %(reason)s") % {"number": number, "reason": reason})
