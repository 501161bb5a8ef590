from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request

from board import actions
from board.models import Comment, Task

from ..filters import CommentFilter, Filters, KnownParameters, TotalOrdering
from ..serializers.comments import CommentSerializer
from .base import WritableCollection


@extend_schema(
    tags=["comments"],
    parameters=[
        OpenApiParameter("task", OpenApiTypes.INT, OpenApiParameter.PATH, description="The id of the task.")
    ],
)
@extend_schema_view(
    list=extend_schema(summary="List the comments on a task"),
    retrieve=extend_schema(summary="Get a comment"),
    create=extend_schema(
        summary="Comment on a task",
        description="The author is the user of the request. Also on a closed sprint's task.",
    ),
    update=extend_schema(summary="Replace a comment", description="Only its author can edit a comment."),
    partial_update=extend_schema(summary="Update a comment", description="Only its author can edit a comment."),
    destroy=extend_schema(
        summary="Delete a comment", description="Its author can delete a comment, and admins can delete any."
    ),
)
class CommentViewSet(WritableCollection):
    """The comments on a task, oldest first."""

    filter_backends = [KnownParameters, Filters, TotalOrdering]
    queryset = Comment.objects.select_related("author")
    serializer_class = CommentSerializer
    filterset_class = CommentFilter
    ordering_fields = ["created_at"]
    ordering = ["created_at"]
    add = staticmethod(actions.add_comment)
    change = staticmethod(actions.change_comment)
    remove = staticmethod(actions.remove_comment)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action in ("update", "partial_update", "destroy"):
            # The actions find a comment by its id alone.
            self.get_object()

    def get_queryset(self) -> QuerySet[Comment]:
        """Return the comments on the task. Raises `Http404` if the task doesn't exist."""
        task_id = self.kwargs["task"]
        if not Task.objects.filter(pk=task_id).exists():
            raise Http404
        return super().get_queryset().filter(task=task_id)

    def etag_parts(self, comment: Comment | None = None) -> Any:
        return comment and comment.author and comment.author.get_username()
