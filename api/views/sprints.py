import secrets
import time
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view

from board import actions
from board.models import Sprint

from ..filters import SprintFilter
from ..serializers.sprints import SprintSerializer
from ..socket_tokens import LIFETIME, holder_of
from .base import WritableCollection


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

    def etag_parts(self, sprint: Sprint | None = None) -> Any:
        # `links.channel` belongs to this user and token or log-in, and is signed anew each time. The one that a client
        # has remains valid for half its lifetime. A channel of a log-in opens one socket, so it is never reused.
        holder = holder_of(self.request)
        if holder and holder.session_digest:
            return secrets.token_hex(8)
        period = int(time.time() // (LIFETIME.total_seconds() / 2))
        return holder, period

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "holder": holder_of(self.request)}
