from typing import Any, Literal

from django.contrib.auth import get_user_model
from rest_framework import serializers

from board.history.schema import EXTRAS, action_of, comment
from board.models import Event

from ..filters import check_query
from ..long_poll import LONGEST_WAIT
from ..pagination import LARGEST_PAGE
from .base import LARGEST_ID

User = get_user_model()


class EventSerializer(serializers.ModelSerializer[Event]):
    """An event of the log."""

    at = serializers.DateTimeField(source="created_at")
    by: Any = serializers.SlugRelatedField(
        slug_field=User.USERNAME_FIELD,
        source="actor",
        read_only=True,
        help_text="The username of the person who made the change, or null for the system.",
    )
    model = serializers.SerializerMethodField()
    id = serializers.SerializerMethodField(help_text="The id of the task or sprint that changed.")
    action = serializers.CharField(source="kind")
    changes = serializers.SerializerMethodField(
        help_text="{field: [before, after]}. Besides the fields, it may contain: "
        + "; ".join(f"`{name}`, {extra.help}" for name, extra in EXTRAS.items())
        + "."
    )

    class Meta:
        model = Event
        fields = ["seq", "at", "by", "model", "id", "action", "sprint", "changes"]
        extra_kwargs: dict[str, dict[str, Any]] = {
            "seq": {
                "help_text": "The sequence number. Events are numbered without gaps, in commit order.",
            },
            "sprint": {"help_text": "The id of the sprint after the change."},
        }

    def get_model(self, event: Event) -> Literal["sprint", "task"]:
        return "sprint" if event.task is None else "task"

    def get_id(self, event: Event) -> int:
        return event.row_id

    def get_changes(self, event: Event) -> dict[str, Any]:
        """Return the changes without the texts of comments, which can be deleted."""
        change = comment(event)
        told = {"comment": {"id": change["id"], "action": action_of(change)}} if change else {}
        return {**event.changes, **told}


class EventQuery(serializers.Serializer[Any]):
    """The query parameters of the event list."""

    page_size = serializers.IntegerField(
        min_value=1, max_value=LARGEST_PAGE, default=LARGEST_PAGE, help_text="The number of results per page."
    )
    since = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_ID,
        default=0,
        help_text="The last sequence number you have. The response starts with the next event.",
    )
    wait = serializers.IntegerField(
        min_value=0,
        max_value=LONGEST_WAIT,
        default=0,
        help_text="How many seconds to wait for the first event if there is none yet.",
    )
    format = serializers.CharField(required=False)

    def validate(self, query: dict[str, Any]) -> dict[str, Any]:
        check_query(self.initial_data, self.fields)
        return query


class EventsSerializer(serializers.Serializer[Any]):
    """A page of events."""

    newest = serializers.IntegerField(help_text="The newest sequence number.")
    next = serializers.URLField(allow_null=True, help_text="The URL of the next page, or null.")
    events = EventSerializer(many=True)
