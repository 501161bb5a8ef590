from typing import cast

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from board.history import log

from .. import conditional
from ..errors import ErrorResponse
from ..long_poll import LONG_POLL, LongPoll
from ..pagination import link_header
from ..serializers.events import EventQuery, EventsSerializer
from ..socket_tokens import Holder, holder_of
from .base import Endpoint


class EventsView(Endpoint):
    """The events after a sequence number: `?since=n`, at most `page_size` of them. `wait=25` waits for the first one.

    `next` links to the next page, if there is one. The response is 410 if `since` is older than the log, or newer, as
    after the restore of an older backup. In that case, read all resources again and continue from `newest`.
    """

    @extend_schema(
        operation_id="events_list",
        summary="List events after a sequence number",
        description="List events after a sequence number: `?since=n`. `wait=25` waits up to 25 seconds for the first one.",
        parameters=[EventQuery],
        responses=EventsSerializer,
    )
    def get(self, request: Request) -> HttpResponseBase:
        query = EventQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        since, size = query.validated_data["since"], query.validated_data["page_size"]
        newest, people = log.state()
        if since == newest:
            self._allow_long_poll(since, query.validated_data["wait"])
        etag = self.etag(newest, people, request.get_full_path())
        return conditional.respond(request, etag, lambda: self._list(since, size, newest))

    def _allow_long_poll(self, since: int, seconds: int) -> None:
        """Tell long_poll.py that this client, which is authenticated now, may wait for the next event."""
        scope = getattr(self.request._request, "scope", None)
        if seconds and scope is not None:
            scope[LONG_POLL] = LongPoll(cast(Holder, holder_of(self.request)), since, seconds)

    def _list(self, since: int, size: int, newest: int) -> Response:
        events = list(log.since(since, limit=size))
        if since > newest:
            return _gone("There is no such event yet.", newest)
        if since < newest and (not events or events[0].seq != since + 1):
            return _gone("Events that old are no longer available.", newest)
        url = None
        if events and events[-1].seq < newest:
            url = replace_query_param(self.request.build_absolute_uri(), "since", events[-1].seq)
        page = EventsSerializer({"newest": newest, "next": url, "events": events})
        return Response(page.data, headers={"Link": link_header(next=url)} if url else None)


def _gone(detail: str, newest: int) -> ErrorResponse:
    return ErrorResponse({"detail": detail, "newest": newest}, status.HTTP_410_GONE)
