"""How resources look from outside: fields, shape of values, links. The rules are in board.actions."""

from collections.abc import Mapping
from typing import Literal, TypedDict
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.urls import reverse
from rest_framework import serializers

from board.models import Event, Sprint, Task
from board.ordering import LIMIT

from .channels import channel_for
from .waiting import LONGEST_WAIT

User = get_user_model()
LARGEST_ID = 2**63 - 1


class ResourceSerializer(serializers.ModelSerializer):
    """A row and its links, for the request in the context. Refuses fields that it does not know.

    Fields that are read only may be sent back as they came: clients save what they read.
    """

    links = serializers.SerializerMethodField()

    def to_internal_value(self, data):
        unknown = self._unknown_fields(data) if isinstance(data, Mapping) else ()
        if unknown:
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return super().to_internal_value(data)

    def _unknown_fields(self, data):
        # The forms of the browsable API carry their token among the fields.
        return [name for name in data if name not in self.fields and name != "csrfmiddlewaretoken"]

    def url(self, view, *args, **query):
        """Return the absolute URL of a view of this API."""
        url = reverse(f"api:{view}", args=args, query=query or None)
        return self.context["request"].build_absolute_uri(url)


class SprintLinks(TypedDict):
    self: str
    tasks: str
    channel: str | None


class SprintSerializer(ResourceSerializer):
    class Meta:
        model = Sprint
        fields = ["id", "name", "description", "end", "links"]
        # That no two sprints end on one day is judged under the lock.
        extra_kwargs = {"end": {"validators": []}}

    def get_links(self, sprint) -> SprintLinks:
        return {
            "self": self.url("sprint-detail", sprint.pk),
            "tasks": self.url("task-list", sprint=sprint.pk),
            "channel": self._channel_url(sprint),
        }

    def _channel_url(self, sprint):
        request = self.context["request"]
        if request.user.is_anonymous:
            return None
        socket = "ws" + request.build_absolute_uri("/socket").removeprefix("http")
        return f"{socket}?{urlencode({'channel': channel_for(request.user, request.auth, sprint.pk)})}"


class UsernameField(serializers.SlugRelatedField):
    """A user, as the user name."""

    def to_internal_value(self, data):
        # PostgreSQL fails when it is asked for a NUL.
        if not isinstance(data, str) or "\0" in data:
            self.fail("invalid")
        return super().to_internal_value(data)


class TaskLinks(TypedDict):
    self: str
    sprint: str | None
    assigned: str | None


class TaskSerializer(ResourceSerializer):
    sprint = serializers.IntegerField(
        source="sprint_id", allow_null=True, required=False, min_value=1, max_value=LARGEST_ID
    )
    status_display = serializers.CharField(source="get_status_display", read_only=True)
    order = serializers.IntegerField(required=False, min_value=-LIMIT, max_value=LIMIT)
    assigned = UsernameField(
        slug_field=User.USERNAME_FIELD, queryset=User.objects.all(), allow_null=True, required=False
    )

    class Meta:
        model = Task
        fields = [
            "id",
            "name",
            "description",
            "sprint",
            "status",
            "status_display",
            "order",
            "assigned",
            "started",
            "due",
            "completed",
            "version",
            "links",
        ]

    def get_links(self, task) -> TaskLinks:
        return {
            "self": self.url("task-detail", task.pk),
            "sprint": task.sprint_id and self.url("sprint-detail", task.sprint_id),
            "assigned": task.assigned and self.url("user-detail", task.assigned.get_username()),
        }


class UserLinks(TypedDict):
    self: str
    tasks: str


class UserSerializer(ResourceSerializer):
    full_name = serializers.CharField(source="get_full_name", read_only=True)

    class Meta:
        model = User
        fields = ["id", User.USERNAME_FIELD, "full_name", "is_active", "links"]

    def get_links(self, user) -> UserLinks:
        username = user.get_username()
        return {
            "self": self.url("user-detail", username),
            "tasks": self.url("task-list", assigned=username),
        }


class EventSerializer(serializers.ModelSerializer):
    """One line of the log: which resource changed how, and which fields from what to what."""

    by = serializers.SlugRelatedField(slug_field=User.USERNAME_FIELD, read_only=True)
    model = serializers.SerializerMethodField()
    id = serializers.SerializerMethodField()
    action = serializers.CharField(source="kind")

    class Meta:
        model = Event
        fields = ["seq", "at", "by", "model", "id", "action", "sprint", "changes"]

    def get_model(self, event) -> Literal["sprint", "task"]:
        return "sprint" if event.task is None else "task"

    def get_id(self, event) -> int:
        return event.sprint if event.task is None else event.task


class EventQuery(serializers.Serializer):
    """The parameters of the event list: `since`, and how many seconds to `wait` for something after it."""

    since = serializers.IntegerField(min_value=0, max_value=LARGEST_ID, default=0)
    wait = serializers.IntegerField(min_value=0, max_value=LONGEST_WAIT, default=0)
    format = serializers.CharField(required=False)

    def validate(self, query):
        unknown = self.initial_data.keys() - self.fields.keys()
        if unknown:
            raise serializers.ValidationError({name: ["There is no such parameter."] for name in sorted(unknown)})
        return query
