"""The resources. Reading is a query, writing is one action of the board."""

from django.contrib.auth import get_user_model
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular import renderers
from rest_framework import permissions, routers, status, viewsets
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.filters import SearchFilter
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from board import actions, history
from board.models import Sprint, Task

from .filters import KnownParameters, SprintFilter, TaskFilter, TotalOrdering
from .models import log_in
from .parsers import JSONParser
from .schema import Schema, openapi
from .serializers import EventQuery, EventSerializer, SprintSerializer, TaskSerializer, UserSerializer

User = get_user_model()


class RootView(routers.APIRootView):
    """The collections of the API. Open to all: clients read it before they log in."""

    schema = Schema()
    permission_classes = [permissions.AllowAny]


class TokenView(ObtainAuthToken):
    """A token that may read and write, for a user name and password."""

    # A browser that is logged in to the board sends its cookie too, and would need a CSRF token with it.
    authentication_classes = []
    parser_classes = [JSONParser, FormParser, MultiPartParser]

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"token": log_in(serializer.validated_data["user"])})


class Collection(viewsets.ReadOnlyModelViewSet):
    """A list in pages, with filters, search and ordering, and its rows one by one."""

    parser_classes = [JSONParser, FormParser, MultiPartParser]
    filter_backends = [KnownParameters, DjangoFilterBackend, SearchFilter, TotalOrdering]
    filterset_class = None


class WritableCollection(Collection):
    """A collection that changes by three actions of the board: `add`, `change` and `remove`."""

    lookup_value_converter = "int"

    def create(self, request):
        row = self.add(request.user, **self._sent_fields())
        body = self.get_serializer(row).data
        return Response(body, status=status.HTTP_201_CREATED, headers={"Location": body["links"]["self"]})

    def update(self, request, pk):
        row = self.change(request.user, pk, **self._sent_fields())
        return Response(self.get_serializer(row).data)

    def partial_update(self, request, pk):
        row = self.change(request.user, pk, **self._sent_fields(partial=True))
        return Response(self.get_serializer(row).data)

    def destroy(self, request, pk):
        self.remove(request.user, pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _sent_fields(self, partial=False):
        serializer = self.get_serializer(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


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


class UserViewSet(Collection):
    """People, by user name."""

    lookup_field = User.USERNAME_FIELD
    queryset = User.objects.all()
    serializer_class = UserSerializer
    search_fields = [User.USERNAME_FIELD]
    ordering_fields = [User.USERNAME_FIELD]
    ordering = [User.USERNAME_FIELD]


class EventsView(APIView):
    """The log after a sequence number: `?since=n`, at most 100 events; `wait=25` waits for the first one.

    410 when the log does not reach back to `since`: read the resources anew, and go on from `newest`.
    """

    def get(self, request):
        query = EventQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        since = query.validated_data["since"]
        newest = history.newest_number()
        events = list(history.since(since, limit=100))
        if since < newest and (not events or events[0].seq != since + 1):
            return Response({"detail": "The log does not reach back to there.", "newest": newest}, status=410)
        return Response({"newest": newest, "events": EventSerializer(events, many=True).data})


class SchemaView(APIView):
    """The API as an OpenAPI document, for programs; `docs` is the same to read."""

    renderer_classes = [
        renderers.OpenApiJsonRenderer,
        renderers.OpenApiJsonRenderer2,
        renderers.OpenApiYamlRenderer,
        renderers.OpenApiYamlRenderer2,
    ]

    def get(self, request):
        return Response(openapi())
