"""How resources look from outside: fields, shape of values, links. The rules are in board.actions."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, Literal, NoReturn, TypedDict, cast
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User as DjangoUser
from django.db import models
from django.urls import get_script_prefix, reverse
from rest_framework import serializers
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.request import Request

from board.accounts.usernames import find_user
from board.actions import Place
from board.actions.ordering import LIMIT
from board.models import Event, Sprint, Status, Task

from .filters import check_query
from .long_poll import LONGEST_WAIT
from .pagination import LARGEST_PAGE
from .socket_tokens import channel_for

User = get_user_model()
LARGEST_ID = 2**63 - 1
LABELS = dict(Status.choices)
UNKNOWN_NAMED = 20


class KnownFields(serializers.Serializer[Any]):
    """Refuses fields that it does not know, by their names.

    Fields that are read only may be sent back as they came: clients save what they read.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := list(islice(self._unknown(data), UNKNOWN_NAMED))):
            raise serializers.ValidationError({name: ["Unknown field."] for name in unknown})
        return super().to_internal_value(data)

    def refuse(self, errors: dict[str, list[str]]) -> NoReturn:
        """Raise a `ValidationError` with the rules that the fields break together; a form shows them at its fields."""
        self._errors = errors
        raise serializers.ValidationError(self.errors)

    def _unknown(self, data: Mapping[str, Any]) -> Iterator[str]:
        # The forms of the browsable API carry their token among the fields.
        return (name for name in data if name not in self.fields and name != "csrfmiddlewaretoken")


class TextField(serializers.CharField):
    """A text. REST framework takes numbers as well, and 1e400 became a task called "inf"."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class ResourceSerializer(KnownFields, serializers.ModelSerializer[Any]):
    """A row and its links, for the request in the context.

    Each says in `to_representation` what its row looks like: going through the fields, as REST framework does, takes a list
    three times as long.
    """

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: TextField,
        models.TextField: TextField,
    }
    links = serializers.SerializerMethodField()

    def to_internal_value(self, data: Any) -> Any:
        # Old clients send the text of a field that somebody emptied: no date, nobody.
        if type(data) is dict:
            nullable = {name for name, field in self.fields.items() if field.allow_null}
            data = {name: None if value == "" and name in nullable else value for name, value in data.items()}
        return super().to_internal_value(data)

    def url(self, view: str, *args: object) -> str:
        """Return the absolute URL of a view of this API."""
        return self._host + path_to(view, *args)

    @cached_property
    def _host(self) -> str:
        request: Request = self.context["request"]
        return request.build_absolute_uri("/").removesuffix("/")


@lru_cache(2**14)
def path_to(view: str, *args: object) -> str:
    """Return the path of a view of this API."""
    return reverse(f"api:{view}", args=args)


def iso(date: date | None) -> str | None:
    """Return a date as JSON has it."""
    return date.isoformat() if date else None


class SprintLinks(TypedDict):
    self: str
    tasks: str
    channel: str | None


class SprintSerializer(ResourceSerializer):
    class Meta:
        model = Sprint
        fields = ["id", "name", "description", "end", "version", "links"]
        # That no two sprints end on one day is judged under the lock.
        extra_kwargs: dict[str, dict[str, Any]] = {"end": {"validators": []}}

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


class LogInSerializer(AuthTokenSerializer):
    """A user name and a password, which are texts."""

    username = TextField(write_only=True)
    password = TextField(write_only=True, trim_whitespace=False, style={"input_type": "password"})


class UsernameField(serializers.SlugRelatedField[DjangoUser]):
    """A user, as the user name."""

    def to_internal_value(self, data: Any) -> Any:
        # PostgreSQL fails when it is asked for a NUL.
        if not isinstance(data, str) or "\0" in data:
            self.fail("invalid")
        user = find_user(data, DjangoUser.objects.all())
        return user or self.fail("does_not_exist", slug_name=self.slug_field, value=data)


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

    def to_representation(self, task: Task) -> dict[str, Any]:
        return {
            "id": task.pk,
            "name": task.name,
            "description": task.description,
            "sprint": task.sprint_id,
            "status": task.status,
            "status_display": LABELS[task.status],
            "order": task.order,
            "assigned": self._username(task),
            "started": iso(task.started),
            "due": iso(task.due),
            "completed": iso(task.completed),
            "version": task.version,
            "links": self.get_links(task),
        }

    def get_links(self, task: Task) -> TaskLinks:
        username = self._username(task)
        return {
            "self": self.url("task-detail", task.pk),
            "sprint": self.url("sprint-detail", task.sprint_id) if task.sprint_id else None,
            "assigned": self.url("user-detail", username) if username else None,
        }

    def _username(self, task: Task) -> str | None:
        """Return the name of who is assigned: from the context's {user id: name}, which spares a list's rows a join."""
        if task.assigned_id is None:
            return None
        name: str | None = self.context.get("names", {}).get(task.assigned_id)
        return name or cast(DjangoUser, task.assigned).get_username()


class MoveSerializer(KnownFields):
    """Where a task goes: a column, as now where it is not named, and a place in it, at the end when none is named."""

    PLACES = ("before", "after", "top", "bottom")

    sprint = serializers.IntegerField(allow_null=True, required=False, min_value=1, max_value=LARGEST_ID)
    status = serializers.ChoiceField(Status.choices, required=False)
    before = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    after = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    top = serializers.BooleanField(required=False)
    bottom = serializers.BooleanField(required=False)

    def validate(self, move: dict[str, Any]) -> dict[str, Any]:
        places = [name for name in self.PLACES if move.get(name)]
        if len(places) > 1:
            raise serializers.ValidationError({name: ["Use only one position."] for name in places})
        return move

    def place_of(self, task: Task) -> Place:
        """Return the `Place` for a task as it is now; needs the writers' lock. Raises `ValidationError` for a place
        that is not there."""
        move = self.validated_data
        sprint_id = move.get("sprint", task.sprint_id)
        status = move.get("status", task.status if sprint_id else Status.TODO)
        if sprint_id is None and status != Status.TODO:
            raise serializers.ValidationError({"status": ["Tasks in the backlog can't be started."]})
        column = Task.objects.in_column(sprint_id, status).exclude(pk=task.pk)
        for name in ("before", "after"):
            if name in move and not column.filter(pk=move[name]).exists():
                raise serializers.ValidationError({name: ["This task isn't in that column."]})
        return Place(sprint_id, status, move.get("after"), move.get("before"), move.get("top", False))


class UserLinks(TypedDict):
    self: str
    tasks: str


class UserSerializer(ResourceSerializer):
    full_name = serializers.CharField(source="get_full_name", read_only=True)

    class Meta:
        model = User
        fields = ["id", User.USERNAME_FIELD, "full_name", "is_active", "links"]

    def get_links(self, user: DjangoUser) -> UserLinks:
        username = user.get_username()
        return {
            "self": self.url("user-detail", username),
            "tasks": f"{self.url('task-list')}?{urlencode({'assigned': username})}",
        }


class EventSerializer(serializers.ModelSerializer[Event]):
    """One line of the log: which resource changed how, and which fields from what to what."""

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
    """The parameters of the event list: `since`, and how many seconds to `wait` for something after it."""

    page_size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=LARGEST_PAGE)
    since = serializers.IntegerField(min_value=0, max_value=LARGEST_ID, default=0)
    wait = serializers.IntegerField(min_value=0, max_value=LONGEST_WAIT, default=0)
    format = serializers.CharField(required=False)

    def validate(self, query: dict[str, Any]) -> dict[str, Any]:
        check_query(self.initial_data, self.fields)
        return query
