from typing import Any, TypedDict
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User as DjangoUser
from rest_framework import serializers
from rest_framework.authtoken.serializers import AuthTokenSerializer

from .base import ResourceSerializer, TextField

User = get_user_model()


class LogInSerializer(AuthTokenSerializer):
    """A username and a password. Both have to be strings."""

    username = TextField(write_only=True)
    password = TextField(write_only=True, trim_whitespace=False, style={"input_type": "password"})


class UserLinks(TypedDict):
    self: str
    tasks: str


class UserSerializer(ResourceSerializer):
    """A user."""

    full_name = serializers.CharField(source="get_full_name", read_only=True)

    class Meta:
        model = User
        fields = ["id", User.USERNAME_FIELD, "full_name", "is_active", "links"]
        extra_kwargs: dict[str, dict[str, Any]] = {
            User.USERNAME_FIELD: {"help_text": "The name used to log in."},
            "is_active": {"help_text": "Whether the user may log in."},
        }

    def get_links(self, user: DjangoUser) -> UserLinks:
        username = user.get_username()
        return {
            "self": self.url("user-detail", username),
            "tasks": f"{self.url('task-list')}?{urlencode({'assigned': username})}",
        }
