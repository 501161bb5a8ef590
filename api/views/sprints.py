import secrets
import time
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from board import actions
from board.history import log
from board.history.report import report
from board.models import Sprint

from .. import conditional
from ..errors import messages_of
from ..filters import SprintFilter, check_query
from ..serializers.base import KnownFields
from ..serializers.reports import CloseSerializer, NoFields, ReopenedSerializer, ReportSerializer
from ..serializers.sprints import SprintSerializer
from ..socket_tokens import LIFETIME, holder_of
from .base import WritableCollection
from .idempotency import idempotent


@extend_schema_view(
    list=extend_schema(summary="List sprints"),
    retrieve=extend_schema(summary="Get a sprint"),
    create=extend_schema(summary="Create a sprint"),
    update=extend_schema(summary="Replace a sprint"),
    partial_update=extend_schema(summary="Update a sprint"),
    destroy=extend_schema(summary="Delete a sprint", description="You can't delete a sprint that has tasks."),
)
class SprintViewSet(WritableCollection):
    """Sprints, ordered by end date."""

    queryset = Sprint.objects.all()
    serializer_class = SprintSerializer
    filterset_class = SprintFilter
    search_fields = ["name"]
    ordering_fields = ["end", "name"]
    ordering = ["end"]
    add = staticmethod(actions.add_sprint)
    change = staticmethod(actions.change_sprint)
    remove = staticmethod(actions.remove_sprint)

    @extend_schema(
        summary="Start a sprint",
        description="The sprint runs from now on. If its start date is later, it becomes today.",
        request=None,
        responses=SprintSerializer,
    )
    @action(detail=True, methods=["post"], serializer_class=NoFields)
    @idempotent
    def start(self, request: Request, pk: int) -> Response:
        return self._act(actions.start_sprint, pk)

    @extend_schema(
        summary="Close a sprint",
        description="Moves its unfinished tasks on. After that, the sprint and its tasks can't change until it is "
        "reopened. Each unfinished task needs a choice.",
        responses=SprintSerializer,
    )
    @action(detail=True, methods=["post"], serializer_class=CloseSerializer)
    @idempotent
    def close(self, request: Request, pk: int) -> Response:
        return self._act(actions.close_sprint, pk)

    @extend_schema(
        summary="Reopen a sprint",
        description="Undoes the closing. A task that changed since stays where it is; `kept` says why.",
        request=None,
        responses=ReopenedSerializer,
    )
    @action(detail=True, methods=["post"], serializer_class=NoFields)
    @idempotent
    def reopen(self, request: Request, pk: int) -> Response:
        self._fields()
        reopened = actions.reopen_sprint(cast(User, request.user), pk, self.expected_version(pk))
        body = ReopenedSerializer(reopened, context=self.get_serializer_context()).data
        return conditional.with_etag(Response(body), self.etag_of(reopened.sprint))

    @extend_schema(
        summary="Get the report of a sprint",
        description="Computed from the log up to the closing, and never changing afterwards. Until then, it says where the "
        "sprint stands.",
        responses=ReportSerializer,
    )
    @action(detail=True, serializer_class=ReportSerializer, filter_backends=[])
    def report(self, request: Request, pk: int) -> HttpResponseBase:
        check_query(request.query_params, {api_settings.URL_FORMAT_OVERRIDE})
        newest, people = log.state()
        etag = self.etag(newest, people, request.get_full_path(), timezone.localdate())
        return conditional.respond(request, etag, lambda: Response(ReportSerializer(report(pk)).data))

    def _act(self, act: Callable[..., Sprint], pk: int) -> Response:
        user = cast(User, self.request.user)
        fields = self._fields()
        try:
            sprint = act(user, pk, expect=self.expected_version(pk), **fields.validated_data)
        except ValidationError as error:
            fields.refuse(_by_choice(messages_of(error)))
        return self._respond(sprint)

    def _fields(self) -> KnownFields:
        serializer = cast(KnownFields, self.get_serializer(data=self.request.data))
        serializer.is_valid(raise_exception=True)
        return serializer

    def etag_parts(self, sprint: Sprint | None = None) -> Any:
        # `links.channel` belongs to this user and token or log-in, and is signed anew each time. The one that a client
        # has remains valid for half its lifetime. A channel of a log-in opens one socket, so it is never reused.
        holder = holder_of(self.request)
        if holder and holder.session_digest:
            return secrets.token_hex(8)
        period = int(time.time() // (LIFETIME.total_seconds() / 2))
        # The state depends on the date.
        return holder, period, timezone.localdate()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "holder": holder_of(self.request)}


def _by_choice(messages: dict[str, list[str]]) -> dict[str, Any]:
    """Return the messages of an action with those of tasks under `choices`, by the task's id."""
    choices = {name.removeprefix("task-"): texts for name, texts in messages.items() if name.startswith("task-")}
    others = {name: texts for name, texts in messages.items() if not name.startswith("task-")}
    return others | ({"choices": choices} if choices else {})
