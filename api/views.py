"""The resources. Reading is a query, writing is one action of the board."""

import json
import secrets
import time
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User as DjangoUser
from django.core.exceptions import ValidationError as BrokenRule
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django_filters.rest_framework import FilterSet
from drf_spectacular import renderers
from rest_framework import permissions, routers, status, viewsets
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled, ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from board import actions
from board.accounts.usernames import find_user
from board.actions import idempotency
from board.history import log
from board.models import Sprint, Task

from . import conditional
from .errors import ErrorResponse, messages_of
from .filters import (
    Filters,
    KnownParameters,
    OrderOfPeople,
    Search,
    SearchForPeople,
    SprintFilter,
    TaskFilter,
    TotalOrdering,
)
from .long_poll import LONG_POLL, LongPoll
from .models import log_in
from .pagination import link_header
from .parsers import JSONParser
from .schema import Schema, openapi
from .serializers import (
    EventQuery,
    EventSerializer,
    KnownFields,
    LogInSerializer,
    MoveSerializer,
    SprintSerializer,
    TaskSerializer,
    UserSerializer,
)
from .socket_tokens import LIFETIME, Holder, holder_of
from .throttles import Rate, address

User = get_user_model()
LONGEST_KEY = 200


class Endpoint(APIView):
    """What all addresses of the API have in common: a view of REST framework, which bodies it takes and how long."""

    parser_classes = [JSONParser, FormParser, MultiPartParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Reads a body of any kind, up to `DATA_UPLOAD_MAX_MEMORY_SIZE`; REST framework takes one that came in chunks for
        # none. First of all, since the check for a session's CSRF token reads a form, and what was read as a form is no
        # body any more.
        request.META["CONTENT_LENGTH"] = str(len(request._request.body))
        try:
            super().initial(request, *args, **kwargs)
        except (NotAuthenticated, AuthenticationFailed):
            # These never reach `check_throttles`.
            rate = Rate("address", address(request))
            if rate.count() > rate.limit:
                raise Throttled(rate.wait()) from None
            raise

    def tag(self, number: int, *parts: object) -> str:
        """Return the tag of a representation for this host, which has all of its links in it."""
        return conditional.tag(number, self.request.build_absolute_uri("/"), *parts)


class RootView(Endpoint, routers.APIRootView):
    """The collections of the API. Open to all: clients read it before they log in."""

    schema = Schema()
    permission_classes = [permissions.AllowAny]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        return conditional.respond(
            request, self.tag(0), lambda: super(RootView, self).get(request, *args, **kwargs)
        )


class TokenView(Endpoint, ObtainAuthToken):
    """A token that may read and write, for a user name and password."""

    # A browser that is logged in to the board sends its cookie too, and would need a CSRF token with it.
    authentication_classes = []
    serializer_class = LogInSerializer
    throttle_classes = APIView.throttle_classes

    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"token": log_in(serializer.validated_data["user"])})


class Collection(Endpoint, viewsets.ReadOnlyModelViewSet[Any]):
    """A list in pages, with filters, search and ordering, and its rows one by one.

    `parts` are what a row, or any of a list, looks like beside its version.
    """

    filter_backends = [KnownParameters, Filters, Search, TotalOrdering]
    filterset_class: type[FilterSet] | None = None

    def list(self, request: Request) -> HttpResponseBase:  # type: ignore[override]
        # The number comes before the rows: these may be newer than their tag says, never older.
        newest, people = log.state()
        tag = self.tag(newest, people, request.get_full_path(), self.parts())
        return conditional.respond(request, tag, lambda: super(Collection, self).list(request))

    def retrieve(self, request: Request, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        row = self.get_object()
        return conditional.respond(request, self.tag_of(row), lambda: Response(self.get_serializer(row).data))

    def tag_of(self, row: Any) -> str:
        return self.tag(getattr(row, "version", 0), row._meta.label, row.pk, self.parts(row))

    def parts(self, row: Any = None) -> Any:
        return ()


class WritableCollection(Collection):
    """A collection that changes by three actions of the board: `add`, `change` and `remove`."""

    lookup_value_converter = "int"
    queryset: QuerySet[Any]
    add: Callable[..., Any]
    change: Callable[..., Any]
    remove: Callable[..., Any]

    def create(self, request: Request) -> HttpResponseBase:
        return self.once(lambda: self._added(self._save(self.add, request.user)))

    def update(self, request: Request, pk: int) -> Response:
        return self._changed(self._save(self.change, request.user, pk, self.expected(pk)))

    def partial_update(self, request: Request, pk: int) -> Response:
        return self._changed(self._save(self.change, request.user, pk, self.expected(pk), partial=True))

    def destroy(self, request: Request, pk: int) -> Response:
        self.remove(request.user, pk, self.expected(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def once(self, act: Callable[[], Response]) -> HttpResponse:
        """Answer with the response that `act()` gives, or gave when it was asked under this `Idempotency-Key` before."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            return act()
        if not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
            raise ValidationError({"Idempotency-Key": [f"A key has 1 to {LONGEST_KEY} printable characters."]})
        request = self.request
        asked = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
        kept = idempotency.once(cast(DjangoUser, request.user), key, asked, lambda: _kept(act()))
        return HttpResponse(**kept)

    def expected(self, pk: int) -> int | None:
        """Return the version that the request expects of a row, None for any."""
        return conditional.expected_version(self.request, self.queryset.filter(pk=pk))

    def _save(self, act: Callable[..., Any], *args: Any, partial: bool = False) -> Any:
        """Return the row that `act(*args, **fields)` saves with the fields that were sent."""
        serializer = cast(KnownFields, self.get_serializer(data=self.request.data, partial=partial))
        serializer.is_valid(raise_exception=True)
        try:
            return act(*args, **serializer.validated_data)
        except BrokenRule as error:
            serializer.refuse(messages_of(error))

    def _added(self, row: Any) -> Response:
        body = self.get_serializer(row).data
        response = Response(body, status=status.HTTP_201_CREATED, headers={"Location": body["links"]["self"]})
        return conditional.tagged(response, self.tag_of(row))

    def _changed(self, row: Any) -> Response:
        return conditional.tagged(Response(self.get_serializer(row).data), self.tag_of(row))


def _kept(response: Response) -> dict[str, Any]:
    """Return a response as the JSON values of which the same can be made again, to the byte."""
    headers = {**response.headers, "Content-Type": JSONRenderer.media_type}
    return {
        "content": JSONRenderer().render(response.data).decode(),
        "status": response.status_code,
        "headers": headers,
    }


class SprintViewSet(WritableCollection):
    """Sprints, the next to end first."""

    queryset = Sprint.objects.all()
    serializer_class = SprintSerializer
    filterset_class = SprintFilter
    search_fields = ["name"]
    ordering_fields = ["end", "name"]
    ordering = ["end"]
    add = staticmethod(actions.add_sprint)
    change = staticmethod(actions.change_sprint)
    remove = staticmethod(actions.remove_sprint)

    def parts(self, sprint: Sprint | None = None) -> Any:
        # `links.channel` is for this person, token or log-in alone. It is new each time, and what a client has stays good for
        # half its life. A log-in's opens one socket, so no page may use what it has from before.
        holder = holder_of(self.request)
        if holder and holder.log_in:
            return secrets.token_hex(8)
        period = int(time.time() // (LIFETIME.total_seconds() / 2))
        return holder, period

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "holder": holder_of(self.request)}


class TaskViewSet(WritableCollection):
    """Tasks, column by column as they stand on the boards."""

    queryset = Task.objects.select_related("assigned")
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    search_fields = ["name", "description"]
    ordering_fields = ["name", "order", "started", "due", "completed"]
    ordering = ["sprint_id", "status", "order"]
    add = staticmethod(actions.add_task)
    change = staticmethod(actions.change_task)
    remove = staticmethod(actions.remove_task)

    @action(detail=True, methods=["post"], serializer_class=MoveSerializer)
    def move(self, request: Request, pk: int) -> HttpResponseBase:
        """Put the task into a column, and there before or after another task, at the top or at the bottom."""
        return self.once(lambda: self._moved(pk))

    def _moved(self, pk: int) -> Response:
        move = cast(MoveSerializer, self.get_serializer(data=self.request.data))
        move.is_valid(raise_exception=True)
        task = actions.place_task(cast(DjangoUser, self.request.user), pk, move.place_of, self.expected(pk))
        body = TaskSerializer(task, context=self.get_serializer_context()).data
        return conditional.tagged(Response(body), self.tag_of(task))

    def parts(self, task: Task | None = None) -> Any:
        return task and task.assigned and task.assigned.get_username()

    def get_queryset(self) -> QuerySet[Task]:
        tasks = super().get_queryset()
        return tasks.select_related(None) if self.action == "list" else tasks

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        return context | {"names": names()} if self.action == "list" else context


def names() -> dict[int, str]:
    """Return {user id: user name} of everybody."""
    return dict(User.objects.values_list("pk", User.USERNAME_FIELD))


class UserViewSet(Collection):
    """People, by user name."""

    filter_backends = [KnownParameters, Filters, SearchForPeople, OrderOfPeople]
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

    def parts(self, user: DjangoUser | None = None) -> Any:
        return user and (user.get_username(), user.get_full_name(), user.is_active)


class EventsView(Endpoint):
    """The log after a sequence number: `?since=n`, at most `page_size` events; `wait=25` waits for the first one.

    `next` leads on while there is more. 410 when the log does not reach back to `since`, or not that far, as after the
    restore of an older backup: read the resources anew, and go on from `newest`.
    """

    def get(self, request: Request) -> HttpResponseBase:
        query = EventQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        since, size = query.validated_data["since"], query.validated_data["page_size"]
        newest, people = log.state()
        if since == newest:
            self.may_wait(since, query.validated_data["wait"])
        tag = self.tag(newest, people, request.get_full_path())
        return conditional.respond(request, tag, lambda: self._events(since, size, newest))

    def may_wait(self, since: int, seconds: int) -> None:
        """Leave word that this client, who is known now, may wait for the first event (waiting.py)."""
        scope = getattr(self.request._request, "scope", None)
        if seconds and scope is not None:
            scope[LONG_POLL] = LongPoll(cast(Holder, holder_of(self.request)), since, seconds)

    def _events(self, since: int, size: int, newest: int) -> Response:
        events = list(log.since(since, limit=size))
        if since > newest:
            return _gone("There is no such event yet.", newest)
        if since < newest and (not events or events[0].seq != since + 1):
            return _gone("Events that old are no longer available.", newest)
        url = None
        if events and events[-1].seq < newest:
            url = replace_query_param(self.request.build_absolute_uri(), "since", events[-1].seq)
        body = {"newest": newest, "next": url, "events": EventSerializer(events, many=True).data}
        return Response(body, headers={"Link": link_header(next=url)} if url else None)


def _gone(detail: str, newest: int) -> ErrorResponse:
    return ErrorResponse({"detail": detail, "newest": newest}, status.HTTP_410_GONE)


class SchemaView(Endpoint):
    """The API as an OpenAPI document, for programs; `docs` is the same to read."""

    renderer_classes = [
        renderers.OpenApiJsonRenderer,
        renderers.OpenApiJsonRenderer2,
        renderers.OpenApiYamlRenderer,
        renderers.OpenApiYamlRenderer2,
    ]

    def get(self, request: Request) -> HttpResponseBase:
        return conditional.respond(
            request, self.tag(0, request.accepted_renderer.media_type), lambda: Response(openapi())
        )
