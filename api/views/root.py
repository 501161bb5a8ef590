from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular import renderers
from rest_framework import permissions, routers
from rest_framework.request import Request
from rest_framework.response import Response

from .. import conditional
from ..schema import OperationSchema, openapi
from .base import Endpoint


class RootView(Endpoint, routers.APIRootView):
    """The collections of the API. Needs no log-in, because clients read it first."""

    schema = OperationSchema()
    permission_classes = [permissions.AllowAny]

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

    def get(self, request: Request) -> HttpResponseBase:
        etag = self.etag(0, request.accepted_renderer.media_type)
        return conditional.respond(request, etag, lambda: Response(openapi()))
