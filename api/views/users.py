from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User as DjangoUser
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view

from board.accounts.usernames import find_user

from ..filters import Filters, KnownParameters, UserOrdering, UserSearch
from ..serializers.users import UserSerializer
from .base import Collection

User = get_user_model()


@extend_schema_view(list=extend_schema(summary="List users"), retrieve=extend_schema(summary="Get a user"))
class UserViewSet(Collection):
    """Users, ordered by username."""

    filter_backends = [KnownParameters, Filters, UserSearch, UserOrdering]
    lookup_field = User.USERNAME_FIELD
    queryset = User.objects.all()
    serializer_class = UserSerializer
    search_fields = [User.USERNAME_FIELD]
    ordering_fields = [User.USERNAME_FIELD]
    ordering = [User.USERNAME_FIELD]

    def get_object(self) -> DjangoUser:
        user: DjangoUser | None = find_user(self.kwargs[self.lookup_field], self.get_queryset())
        if user is None:
            raise Http404
        self.check_object_permissions(self.request, user)
        return user

    def etag_parts(self, user: DjangoUser | None = None) -> Any:
        return user and (user.get_username(), user.get_full_name(), user.is_active)
