from typing import Any, TypedDict, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User as DjangoUser
from rest_framework import serializers

from board.accounts.usernames import find_user
from board.actions import Place
from board.actions.ordering import LIMIT
from board.models import Status, Task

from .base import LARGEST_ID, KnownFields, ResourceSerializer, iso

User = get_user_model()
LABELS = dict(Status.choices)


class UsernameField(serializers.SlugRelatedField[DjangoUser]):
    """A user, represented by the username."""

    def to_internal_value(self, data: Any) -> Any:
        # PostgreSQL raises an error for a NUL character.
        if not isinstance(data, str) or "\0" in data:
            self.fail("invalid")
        user = find_user(data, DjangoUser.objects.all())
        return user or self.fail("does_not_exist", slug_name=self.slug_field, value=data)


class TaskLinks(TypedDict):
    self: str
    sprint: str | None
    assigned: str | None


class TaskSerializer(ResourceSerializer):
    """A task, shown as a card on the board."""

    sprint = serializers.IntegerField(
        source="sprint_id",
        allow_null=True,
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The id of the sprint, or null for the backlog.",
    )
    status_display = serializers.CharField(source="get_status_display", read_only=True)
    order = serializers.IntegerField(
        required=False,
        min_value=-LIMIT,
        max_value=LIMIT,
        help_text="The sort key within the column. Use `move` to keep the order of the other tasks.",
    )
    assigned = UsernameField(
        slug_field=User.USERNAME_FIELD,
        queryset=User.objects.all(),
        allow_null=True,
        required=False,
        help_text="The username of the assignee.",
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
            "points",
            "carried",
            "comment_count",
            "version",
            "links",
        ]
        extra_kwargs: dict[str, dict[str, Any]] = {
            "started": {
                "help_text": "Requires a status other than Not Started. If missing, it follows the status."
            },
            "completed": {"help_text": "Requires the status Done. If missing, it follows the status."},
            "points": {
                "help_text": "The estimate, a number of the team's scale (0, 1, 2, 3, 5, 8, 13, 21), or null."
            },
            "carried": {"read_only": True, "help_text": "How many sprints closed with the task and moved it on."},
            "comment_count": {"read_only": True, "help_text": "How many comments the task has."},
            "version": {"help_text": "The sequence number of the last change."},
        }

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
            "points": task.points,
            "carried": task.carried,
            "comment_count": task.comment_count,
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
        """Return the assignee's username. Lists pass {user id: username} as `usernames` in the context, which saves a join."""
        if task.assigned_id is None:
            return None
        name: str | None = self.context.get("usernames", {}).get(task.assigned_id)
        return name or cast(DjangoUser, task.assigned).get_username()


class MoveSerializer(KnownFields):
    """The target of a move: a column and a position. They default to the task's own column and to the bottom."""

    POSITIONS = ("before", "after", "top", "bottom")

    sprint = serializers.IntegerField(allow_null=True, required=False, min_value=1, max_value=LARGEST_ID)
    status = serializers.ChoiceField(Status.choices, required=False)
    before = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    after = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    top = serializers.BooleanField(required=False)
    bottom = serializers.BooleanField(required=False)

    def validate(self, move: dict[str, Any]) -> dict[str, Any]:
        positions = [name for name in self.POSITIONS if move.get(name)]
        if len(positions) > 1:
            raise serializers.ValidationError({name: ["Use only one position."] for name in positions})
        return move

    def place_of(self, task: Task) -> Place:
        """Return the `Place` for a task as it is now. Needs the writers' lock.

        Raises `ValidationError` when the place does not exist.
        """
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
