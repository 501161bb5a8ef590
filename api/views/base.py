"""The base classes of the views: endpoints, collections, and collections that accept changes."""

from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from board.history import log

from .. import conditional
from ..errors import messages_of
from ..filters import Filters, KnownParameters, Search, TotalOrdering
from ..parsers import JSONParser
from ..serializers.base import KnownFields
from ..throttles import AddressThrottle
from .idempotency import idempotent


class Endpoint(APIView):
    """A view of the API: parses JSON and forms, throttles failed log-ins and makes ETags."""

    parser_classes = [JSONParser, FormParser, MultiPartParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Reads a body of any kind, up to `DATA_UPLOAD_MAX_MEMORY_SIZE`; REST framework ignores a body in chunks. It has
        # to be read first, because the CSRF check of a session parses forms, and a parsed form has no body left.
        request.META["CONTENT_LENGTH"] = str(len(request._request.body))
        try:
            super().initial(request, *args, **kwargs)
        except (NotAuthenticated, AuthenticationFailed):
            # These never reach `check_throttles`.
            throttle = AddressThrottle()
            if not throttle.allow_request(request, self):
                raise Throttled(throttle.wait()) from None
            raise

    def etag(self, number: int, *parts: object) -> str:
        """Return the ETag of a representation. It includes the host, because the body contains absolute links."""
        return conditional.etag(number, self.request.build_absolute_uri("/"), *parts)


class Collection(Endpoint, viewsets.ReadOnlyModelViewSet[Any]):
    """A read-only collection with pages, filters, search and ordering."""

    filter_backends = [KnownParameters, Filters, Search, TotalOrdering]
    filterset_class: type[FilterSet] | None = None

    def list(self, request: Request, **parents: int) -> HttpResponseBase:  # type: ignore[override]
        # The number is read before the rows, so the rows may be newer than their ETag but never older.
        newest, people = log.state()
        etag = self.etag(newest, people, request.get_full_path(), self.etag_parts())
        return conditional.respond(request, etag, lambda: super(Collection, self).list(request))

    @extend_schema(
        description="To get the body only if it has changed, send the `ETag` of the response as `If-None-Match`."
    )
    def retrieve(self, request: Request, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        row = self.get_object()
        return conditional.respond(request, self.etag_of(row), lambda: Response(self.get_serializer(row).data))

    def etag_of(self, row: Any) -> str:
        return self.etag(getattr(row, "version", 0), row._meta.label, row.pk, self.etag_parts(row))

    def etag_parts(self, row: Any = None) -> Any:
        """Return what the representation of a row, or of any row of a list, depends on besides its version."""
        return ()


class WritableCollection(Collection):
    """A collection that accepts changes. `add`, `change` and `remove` are functions of board.actions.

    `parents` are the ids of other rows in the path. `add` takes them, too.
    """

    lookup_value_converter = "int"
    queryset: QuerySet[Any]
    add: Callable[..., Any]
    change: Callable[..., Any]
    remove: Callable[..., Any]

    @extend_schema(
        description="Missing fields get their default values. Read-only fields are accepted and ignored."
    )
    @idempotent
    def create(self, request: Request, **parents: int) -> Response:
        row = self._save(self.add, request.user, *parents.values())
        body = self.get_serializer(row).data
        response = Response(body, status=status.HTTP_201_CREATED, headers={"Location": body["links"]["self"]})
        return conditional.with_etag(response, self.etag_of(row))

    @extend_schema(
        description="Missing optional fields keep their values. Read-only fields are accepted and ignored."
    )
    def update(self, request: Request, pk: int, **parents: int) -> Response:
        return self._respond(self._save(self.change, request.user, pk, expect=self.expected_version(pk)))

    @extend_schema(
        description="Missing fields keep their values. The resulting task or sprint is validated as a whole."
    )
    def partial_update(self, request: Request, pk: int, **parents: int) -> Response:
        expect = self.expected_version(pk)
        return self._respond(self._save(self.change, request.user, pk, partial=True, expect=expect))

    def destroy(self, request: Request, pk: int, **parents: int) -> Response:
        self.remove(request.user, pk, self.expected_version(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def expected_version(self, pk: int) -> int | None:
        """Return the version that the request expects of a row, None for any version."""
        return conditional.expected_version(self.request, self.queryset.filter(pk=pk))

    def _save(self, act: Callable[..., Any], *args: Any, partial: bool = False, **options: Any) -> Any:
        """Return the row that `act(*args, **options, **fields)` saves, where `fields` are those of the request."""
        serializer = cast(KnownFields, self.get_serializer(data=self.request.data, partial=partial))
        serializer.is_valid(raise_exception=True)
        try:
            return act(*args, **options, **serializer.validated_data)
        except ValidationError as error:
            serializer.refuse(messages_of(error))

    def _respond(self, row: Any) -> Response:
        """Return the row as the collection shows it, also from an action with a serializer of its own."""
        serializer = cast(Any, type(self)).serializer_class(row, context=self.get_serializer_context())
        return conditional.with_etag(Response(serializer.data), self.etag_of(row))
