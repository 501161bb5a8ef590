from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular import renderers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import permissions, routers, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from .. import conditional
from ..schema import OperationSchema, openapi
from .base import Endpoint


class RootView(Endpoint, routers.APIRootView):
    """The collections of the API. Needs no log-in, because clients read it first."""

    schema = OperationSchema()
    permission_classes = [permissions.AllowAny]

    @extend_schema(
        operation_id="root",
        summary="List the collections",
        description="List the collections.",
        tags=["start"],
        responses=inline_serializer(
            "Root", {name: serializers.URLField() for name in ("sprints", "tasks", "users")}
        ),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        return conditional.respond(
            request, self.etag(0), lambda: super(RootView, self).get(request, *args, **kwargs)
        )


class SchemaView(Endpoint):
    """The API as an OpenAPI document. `docs` shows it as a page."""

    renderer_classes = [
        renderers.OpenApiJsonRenderer,
        renderers.OpenApiJsonRenderer2,
        renderers.OpenApiYamlRenderer,
        renderers.OpenApiYamlRenderer2,
    ]

    @extend_schema(
        operation_id="schema",
        summary="Get this document",
        description="Get this document: as JSON, or as YAML with `?format=yaml`.",
        tags=["start"],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> HttpResponseBase:
        etag = self.etag(0, request.accepted_renderer.media_type)
        return conditional.respond(request, etag, lambda: Response(openapi()))
