from rest_framework import permissions

from board.accounts import may_write
from board.middleware import READERS_READ


class ReadersRead(permissions.BasePermission):
    """Who may only read sends nothing that changes anything."""

    message = READERS_READ

    def has_permission(self, request, view):
        return request.method in permissions.SAFE_METHODS or may_write(request.user)
