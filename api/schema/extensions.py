"""What drf-spectacular cannot derive from our classes."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiViewExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from ..serializers.events import EventQuery, EventSerializer
from .responses import Node


class BasicScheme(OpenApiAuthenticationExtension):
    target_class = "rest_framework.authentication.BasicAuthentication"
    match_subclasses = True
    name = "basic"

    def get_security_definition(self, auto_schema: AutoSchema) -> Node:
        return {"type": "http", "scheme": "basic", "description": "Username and password."}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> Node:
        description = "`Authorization: Token lb_…`, for older clients."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": description}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> Node:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The same tokens: `Authorization: Bearer lb_…`.",
        }


class EventsViewExtension(OpenApiViewExtension):
    target_class = "api.views.events.EventsView"

    def view_replacement(self) -> type[APIView]:
        fields: dict[str, Any] = {
            "newest": serializers.IntegerField(help_text="The newest sequence number."),
            "next": serializers.URLField(allow_null=True, help_text="The URL of the next page, or null."),
            "events": EventSerializer(many=True),
        }
        page = inline_serializer("Events", fields)

        class Described(self.target):  # type: ignore[misc, name-defined]  # known at run time
            @extend_schema(operation_id="events_list", parameters=[EventQuery], responses=page)
            def get(self, request: Request) -> None:
                """List events after a sequence number: `?since=n`. `wait=25` waits up to 25 seconds for the first one."""

        return Described


class RootViewExtension(OpenApiViewExtension):
    target_class = "api.views.root.RootView"

    def view_replacement(self) -> type[APIView]:
        names = ("sprints", "tasks", "users")
        root = inline_serializer("Root", {name: serializers.URLField() for name in names})

        class Described(self.target):  # type: ignore[misc, name-defined]  # known at run time
            @extend_schema(operation_id="root", responses=root)
            def get(self, request: Request) -> None:
                """List the collections."""

        return Described


class SchemaViewExtension(OpenApiViewExtension):
    target_class = "api.views.root.SchemaView"

    def view_replacement(self) -> type[APIView]:
        class Described(self.target):  # type: ignore[misc, name-defined]  # known at run time
            @extend_schema(operation_id="schema", responses={200: OpenApiTypes.OBJECT})
            def get(self, request: Request) -> None:
                """Get this document: as JSON, or as YAML with `?format=yaml`."""

        return Described
