from typing import Any, Literal

from django.contrib.auth import get_user_model
from rest_framework import serializers

from board.models import Event

from ..filters import check_query
from ..long_poll import LONGEST_WAIT
from ..pagination import LARGEST_PAGE
from .base import LARGEST_ID

User = get_user_model()


class EventSerializer(serializers.ModelSerializer[Event]):
    """An event of the log: the resource that changed, and the fields with their values before and after."""

    at = serializers.DateTimeField(source="created_at")
    by: Any = serializers.SlugRelatedField(slug_field=User.USERNAME_FIELD, source="actor", read_only=True)
    model = serializers.SerializerMethodField()
    id = serializers.SerializerMethodField()
    action = serializers.CharField(source="kind")

    class Meta:
        model = Event
        fields = ["seq", "at", "by", "model", "id", "action", "sprint", "changes"]

    def get_model(self, event: Event) -> Literal["sprint", "task"]:
        return "sprint" if event.task is None else "task"

    def get_id(self, event: Event) -> int:
        return event.row_id


class EventQuery(serializers.Serializer[Any]):
    """The query parameters of the event list."""

    page_size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=LARGEST_PAGE)
    since = serializers.IntegerField(min_value=0, max_value=LARGEST_ID, default=0)
    wait = serializers.IntegerField(min_value=0, max_value=LONGEST_WAIT, default=0)
    format = serializers.CharField(required=False)

    def validate(self, query: dict[str, Any]) -> dict[str, Any]:
        check_query(self.initial_data, self.fields)
        return query
