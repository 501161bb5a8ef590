from typing import Any, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User as DjangoUser
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from board import actions
from board.models import Task

from ..filters import TaskFilter
from ..serializers.tasks import MoveSerializer, TaskSerializer
from .base import WritableCollection
from .idempotency import idempotent

User = get_user_model()


@extend_schema_view(
    list=extend_schema(summary="List tasks"),
    retrieve=extend_schema(summary="Get a task"),
    create=extend_schema(summary="Create a task"),
    update=extend_schema(summary="Replace a task"),
    partial_update=extend_schema(summary="Update a task"),
    destroy=extend_schema(summary="Delete a task", description="People can restore the task for 30 days."),
)
class TaskViewSet(WritableCollection):
    """Tasks, ordered as on the boards: by sprint, column and position."""

    queryset = Task.objects.select_related("assigned")
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    search_fields = ["name", "description"]
    ordering_fields = ["name", "order", "started", "due", "completed"]
    ordering = ["sprint_id", "status", "order"]
    add = staticmethod(actions.add_task)
    change = staticmethod(actions.change_task)
    remove = staticmethod(actions.remove_task)

    @extend_schema(
        summary="Move a task",
        description="Moves the task to a column and a position in it. If the task is already there, nothing changes. "
        "`started` and `completed` follow the status.",
        responses=TaskSerializer,
    )
    @action(detail=True, methods=["post"], serializer_class=MoveSerializer)
    @idempotent
    def move(self, request: Request, pk: int) -> Response:
        """Move the task to a column, and there before or after another task, to the top or to the bottom."""
        move = cast(MoveSerializer, self.get_serializer(data=request.data))
        move.is_valid(raise_exception=True)
        user = cast(DjangoUser, request.user)
        task = actions.place_task(user, pk, move.place_of, self.expected_version(pk))
        return self._respond(task)

    def etag_parts(self, task: Task | None = None) -> Any:
        return task and task.assigned and task.assigned.get_username()

    def get_queryset(self) -> QuerySet[Task]:
        tasks = super().get_queryset()
        return tasks.select_related(None) if self.action == "list" else tasks

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        return context | {"usernames": read_usernames()} if self.action == "list" else context


def read_usernames() -> dict[int, str]:
    """Return {user id: username} of all users."""
    return dict(User.objects.values_list("pk", User.USERNAME_FIELD))
