from typing import Any, TypedDict

from django.contrib.auth import get_user_model
from rest_framework import serializers

from board.models import Comment

from .base import ResourceSerializer

User = get_user_model()


class CommentLinks(TypedDict):
    self: str
    task: str
    author: str | None


class CommentSerializer(ResourceSerializer):
    """A comment on a task."""

    task = serializers.IntegerField(source="task_id", read_only=True, help_text="The id of the task.")
    author: Any = serializers.SlugRelatedField(
        slug_field=User.USERNAME_FIELD,
        read_only=True,
        allow_null=True,
        help_text="The username of the author, or null if the account was deleted.",
    )

    class Meta:
        model = Comment
        fields = ["id", "task", "author", "text", "created_at", "edited_at", "version", "links"]
        read_only_fields = ["id", "created_at", "edited_at", "version"]
        extra_kwargs: dict[str, dict[str, Any]] = {
            "id": {"help_text": "The id of the comment, which is unique among all tasks."},
            "text": {
                "required": True,
                "trim_whitespace": False,
                "help_text": "The comment in Markdown, with at least one visible character. Nothing is cut.",
            },
            "created_at": {"help_text": "When it was written."},
            "edited_at": {"help_text": "When its author last edited it, or null."},
            "version": {"help_text": "The sequence number of the last change."},
        }

    def get_links(self, comment: Comment) -> CommentLinks:
        return {
            "self": self.url("comment-detail", comment.task_id, comment.pk),
            "task": self.url("task-detail", comment.task_id),
            "author": self.url("user-detail", comment.author.get_username()) if comment.author else None,
        }
