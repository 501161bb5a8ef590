"""The JSON messages about changes that sockets and webhooks send: one for each resource that an event changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework import serializers

from board.history import log
from board.history.schema import action_of, comment, comments_in, other_orders
from board.live import batches
from board.models import Comment, Event, Sprint, Task

from .serializers.comments import CommentSerializer
from .serializers.sprints import SprintSerializer
from .serializers.tasks import TaskSerializer
from .serializers.users import UserSerializer
from .socket_tokens import Holder


class Message(TypedDict, total=False):
    """A change of one resource. Users have no `seq`. `body` is None if the resource was deleted."""

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
    """Renders messages with links for one host and holder. Connections with equal payloads share what is rendered.

    Without a holder `links.channel` is None, because a channel name gives access to the socket.
    """

    host: str
    is_secure: bool
    holder: Holder | None = None

    def __call__(self, sprint_id: int, since: int, state: log.State) -> Frame:
        """Return the messages about a sprint's changes after `since`, with the current resources.

        `state` is from `log.state()`, called before.
        """
        events = list(log.since(since, batches.BATCH))
        if not events:
            return {"seq": state[0], "messages": []}
        ours = [event for event in events if batches.is_on_board(event, sprint_id)]
        return {"seq": events[-1].seq, "messages": self.messages(ours)}

    def messages(self, events: Iterable[Event]) -> list[Message]:
        tasks = Task.objects.select_related("assigned").in_bulk(log.touched_tasks(events))
        # The comments on a deleted task wait for its return.
        comments = Comment.objects.select_related("author").filter(task__in=tasks).in_bulk(comments_in(events))
        return [message for event in events for message in self._of(event, tasks, comments)]

    def person(self, action: str, user: User) -> Message:
        """Return the message about a user. It has no `seq`, because the log has no events of users."""
        body = None if action == Event.Kind.REMOVE else self._body(UserSerializer, user)
        return {"model": "user", "id": user.pk, "action": action, "body": body}

    def _of(self, event: Event, tasks: dict[int, Task], comments: dict[int, Comment]) -> list[Message]:
        """Return the messages about one event: its comment, its own row, then the neighbours whose sort keys changed."""
        if event.task is None:
            sprint = Sprint.objects.filter(pk=event.row_id).first()
            body = sprint and self._body(SprintSerializer, sprint)
            return [message("sprint", event.row_id, event.kind, event.seq, body)]
        kinds = {event.task: event.kind} | dict.fromkeys(other_orders(event), Event.Kind.UPDATE)
        return self._of_comment(event, comments) + [
            message("task", pk, kind, event.seq, pk in tasks and self._body(TaskSerializer, tasks[pk]))
            for pk, kind in kinds.items()
        ]

    def _of_comment(self, event: Event, comments: dict[int, Comment]) -> list[Message]:
        change = comment(event)
        if change is None:
            return []
        row = comments.get(change["id"])
        body = row and self._body(CommentSerializer, row)
        return [message("comment", change["id"], action_of(change), event.seq, body)]

    def _body(self, serializer: type[serializers.ModelSerializer[Any]], row: Any) -> Any:
        return serializer(row, context={"request": self._request(), "holder": self.holder}).data

    def _request(self) -> HttpRequest:
        """Return a request to build absolute links with."""
        request: Any = HttpRequest()
        # The host is not validated again: an invalid host of one client must not stop the messages to the others.
        request.get_host = lambda: self.host
        request._get_scheme = lambda: "https" if self.is_secure else "http"
        return cast(HttpRequest, request)


def message(model: str, pk: int, action: str, seq: int, body: Any) -> Message:
    """Return one message. Without a body, its action is "remove"."""
    action = action if body else Event.Kind.REMOVE
    return {"model": model, "id": pk, "action": action, "body": body or None, "seq": seq}
