"""What a change looks like to a program: one JSON message for each resource that it touched."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework import serializers

from board.history import log
from board.history.schema import other_orders
from board.live import batches
from board.models import Event, Sprint, Task

from .serializers.sprints import SprintSerializer
from .serializers.tasks import TaskSerializer
from .serializers.users import UserSerializer
from .socket_tokens import Holder


class Message(TypedDict, total=False):
    """A change of one resource. `seq` is missing for people; `body` is null when the resource was removed."""

    model: str
    id: int
    action: str
    body: Any
    seq: int


class Frame(TypedDict):
    seq: int
    messages: list[Message]


@dataclass(frozen=True)
class EventPayloads:
    """What a client hears, with links for its host and holder. Equal feeds are rendered once.

    Without a holder the links name no channel, which would let whoever reads them listen.
    """

    host: str
    is_secure: bool
    holder: Holder | None = None

    def __call__(self, sprint_id: int, since: int, state: log.State) -> Frame:
        """Return {"seq", "messages"} of what changed after `since`, the resources as they are now.

        `state` is from `log.state()`, before.
        """
        events = list(log.since(since, batches.BATCH))
        if not events:
            return {"seq": state[0], "messages": []}
        ours = [event for event in events if batches.is_on_board(event, sprint_id)]
        return {"seq": events[-1].seq, "messages": self.messages(ours)}

    def messages(self, events: Iterable[Event]) -> list[Message]:
        """Return what there is to say of these events."""
        tasks = Task.objects.select_related("assigned").in_bulk(log.touched_tasks(events))
        return [message for event in events for message in self._of(event, tasks)]

    def person(self, action: str, user: User) -> Message:
        """Return what there is to say of a person: no number of the log, which does not know people."""
        body = None if action == Event.Kind.REMOVE else self._body(UserSerializer, user)
        return {"model": "user", "id": user.pk, "action": action, "body": body}

    def _of(self, event: Event, tasks: dict[int, Task]) -> list[Message]:
        """Return what there is to say of one event: its own row, then the neighbours that were spaced out."""
        if event.task is None:
            sprint = Sprint.objects.filter(pk=event.row_id).first()
            body = sprint and self._body(SprintSerializer, sprint)
            return [message("sprint", event.row_id, event.kind, event.seq, body)]
        kinds = {event.task: event.kind} | dict.fromkeys(other_orders(event), Event.Kind.UPDATE)
        return [
            message("task", pk, kind, event.seq, pk in tasks and self._body(TaskSerializer, tasks[pk]))
            for pk, kind in kinds.items()
        ]

    def _body(self, serializer: type[serializers.ModelSerializer[Any]], row: Any) -> Any:
        return serializer(row, context={"request": self._request(), "holder": self.holder}).data

    def _request(self) -> HttpRequest:
        """Return a request as the client could have made it, for absolute links."""
        request: Any = HttpRequest()
        # Not judged anew: what one client said its host was must not stop what the others hear.
        request.get_host = lambda: self.host
        request._get_scheme = lambda: "https" if self.is_secure else "http"
        return cast(HttpRequest, request)


def message(model: str, pk: int, action: str, seq: int, body: Any) -> Message:
    """Return one message; a row that is not there any more was removed, whatever happened to it before."""
    action = action if body else Event.Kind.REMOVE
    return {"model": model, "id": pk, "action": action, "body": body or None, "seq": seq}
