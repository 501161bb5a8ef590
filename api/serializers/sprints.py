from typing import Any, TypedDict
from urllib.parse import urlencode

from django.urls import get_script_prefix
from rest_framework import serializers

from board.models import Sprint, SprintState

from ..socket_tokens import channel_for
from .base import ResourceSerializer, iso, iso_time


class SprintLinks(TypedDict):
    self: str
    tasks: str
    channel: str | None


class SprintSerializer(ResourceSerializer):
    """A sprint."""

    state = serializers.ChoiceField(
        SprintState.values,
        read_only=True,
        help_text="Follows from the dates: a sprint runs once it was started or its start date has come.",
    )

    class Meta:
        model = Sprint
        fields = [
            "id",
            "name",
            "goal",
            "description",
            "start",
            "end",
            "state",
            "started_at",
            "closed_at",
            "version",
            "links",
        ]
        extra_kwargs: dict[str, dict[str, Any]] = {
            "goal": {"help_text": "One line."},
            "start": {"help_text": "The first day, or null. It can't be after the end."},
            "started_at": {"read_only": True, "help_text": "When someone started the sprint."},
            "closed_at": {"read_only": True, "help_text": "When someone closed the sprint. It can't change then."},
            "end": {
                # The action checks under the lock that no two sprints end on the same day.
                "validators": [],
                "help_text": "The last day. No other sprint may end on it, and a new sprint can't end in the past.",
            },
        }

    def to_representation(self, sprint: Sprint) -> dict[str, Any]:
        return {
            "id": sprint.pk,
            "name": sprint.name,
            "goal": sprint.goal,
            "description": sprint.description,
            "start": iso(sprint.start),
            "end": iso(sprint.end),
            "state": sprint.state.value,
            "started_at": iso_time(sprint.started_at),
            "closed_at": iso_time(sprint.closed_at),
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
