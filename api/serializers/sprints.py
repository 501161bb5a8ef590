from typing import Any, TypedDict
from urllib.parse import urlencode

from django.urls import get_script_prefix

from board.models import Sprint

from ..socket_tokens import channel_for
from .base import ResourceSerializer, iso


class SprintLinks(TypedDict):
    self: str
    tasks: str
    channel: str | None


class SprintSerializer(ResourceSerializer):
    """A sprint."""

    class Meta:
        model = Sprint
        fields = ["id", "name", "description", "end", "version", "links"]
        extra_kwargs: dict[str, dict[str, Any]] = {
            "end": {
                # The action checks under the lock that no two sprints end on the same day.
                "validators": [],
                "help_text": "The last day. No other sprint may end on it, and a new sprint can't end in the past.",
            }
        }

    def to_representation(self, sprint: Sprint) -> dict[str, Any]:
        return {
            "id": sprint.pk,
            "name": sprint.name,
            "description": sprint.description,
            "end": iso(sprint.end),
            "version": sprint.version,
            "links": self.get_links(sprint),
        }

    def get_links(self, sprint: Sprint) -> SprintLinks:
        return {
            "self": self.url("sprint-detail", sprint.pk),
            "tasks": f"{self.url('task-list')}?sprint={sprint.pk}",
            "channel": self._channel_url(sprint),
        }

    def _channel_url(self, sprint: Sprint) -> str | None:
        holder = self.context["holder"]
        if holder is None:
            return None
        socket = "ws" + self.context["request"].build_absolute_uri(f"{get_script_prefix()}socket").removeprefix(
            "http"
        )
        return f"{socket}?{urlencode({'channel': channel_for(holder, sprint.pk)})}"
