"""Who may listen to a sprint as JSON: with a signed channel name, as in `links.channel`."""

import json
from dataclasses import dataclass
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest

from board import accounts, broadcasts, history
from board.consumers import BAD_MESSAGE, MESSAGE_BYTES, NO_ACCESS, is_own_origin, person
from board.hub import LOG_IN, Listener, hub
from board.models import Event, Sprint, Task

from .channels import read_channel
from .serializers import SprintSerializer, TaskSerializer

HOLDS = {"dragstart", "dragend", "drop"}


class EventConsumer(AsyncWebsocketConsumer):
    """A client of the API that listens to one sprint.

    To the client: {"model": "task" | "sprint", "id", "action": "add" | "update" | "remove", "body": the resource as in
    the API, or null, "seq"}, and the holds of others: {"model": "task", "id", "action": "dragstart" | "dragend" | "drop",
    "body": null}. From the client: its own holds, {"model": "task", "id", "action"}.
    """

    channel_layer_alias = "none"
    listener = None
    may_hold = False

    async def connect(self):
        await self.accept()
        user, sprint_id, code = await self.admit()
        if code:
            await self.close(code)
            return
        hub.start()
        self.may_hold = accounts.may_write(user)
        self.listener = Listener(
            board=sprint_id,
            person=person(user),
            session=None,
            standing=accounts.standing(user),
            look=Feed(host_of(self.scope), self.scope.get("scheme") == "wss", user.pk),
            texts=message_texts,
            send=self.send,
            close=self.close,
            acknowledges=False,
            hold_text=hold_text,
        )
        hub.join(self.listener)

    async def admit(self):
        """Return (user, sprint id, None), or (None, None, the code to close with)."""
        has_origin = any(name == b"origin" for name, _ in self.scope["headers"])
        if has_origin and not is_own_origin(self.scope):
            return None, None, NO_ACCESS
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        try:
            user_id, sprint_id = read_channel(query.get("channel", [""])[0])
        except signing.SignatureExpired:
            return None, None, LOG_IN
        except signing.BadSignature:
            return None, None, NO_ACCESS
        users = get_user_model().objects.select_related("profile")
        user = await users.filter(pk=user_id, is_active=True).afirst()
        return (user, sprint_id, None) if user else (None, None, LOG_IN)

    async def receive(self, text_data=None, bytes_data=None):
        if self.listener is None:
            return
        hold = read_hold(text_data)
        if hold is None or self.listener.floods():
            await self.close(BAD_MESSAGE)
        elif not self.may_hold:
            await self.close(NO_ACCESS)
        elif hold["action"] == "dragstart":
            hub.hold(self.listener, hold["id"])
        else:
            hub.release(self.listener, hold["id"], hold["action"])

    async def disconnect(self, code):
        if self.listener:
            hub.leave(self.listener)


def read_hold(text):
    """Return a client's message as a dict; None for anything else than a hold."""
    if text is None or len(text) > MESSAGE_BYTES:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("model") != "task" or message.get("action") not in list(HOLDS):
        return None
    return message if type(message.get("id")) is int and 0 < message["id"] < 2**63 else None


def hold_text(task_id, action):
    """Return what a client hears when somebody else picks up a card or puts it down."""
    return json.dumps({"model": "task", "id": task_id, "action": action, "body": None})


def host_of(scope):
    """Return the host that the client asked for."""
    return dict(scope["headers"]).get(b"host", b"localhost").decode("latin1")


@dataclass(frozen=True)
class Feed:
    """What a client hears of a sprint, with links for its host and person. Equal feeds are rendered once."""

    host: str
    is_secure: bool
    user_id: int

    def __call__(self, sprint_id, since):
        """Return {"seq", "messages"} of what changed after `since`, the resources as they are now."""
        events = list(history.since(since, broadcasts.BATCH))
        if not events:
            return {"seq": history.newest_number(), "messages": []}
        ours = [event for event in events if broadcasts.is_on_board(event, sprint_id)]
        tasks = Task.objects.select_related("assigned").in_bulk(history.touched_tasks(ours))
        messages = []
        for event in ours:
            messages += self.messages(event, tasks)
        return {"seq": events[-1].seq, "messages": messages}

    def messages(self, event, tasks):
        """Return what there is to say of one event: its own row, then the neighbours that were spaced out."""
        if event.task is None:
            sprint = Sprint.objects.filter(pk=event.sprint).first()
            return [
                message(
                    "sprint", event.sprint, event.kind, event.seq, sprint and self.body(SprintSerializer, sprint)
                )
            ]
        kinds = {event.task: event.kind} | dict.fromkeys(
            map(int, event.changes.get("spaced", ())), Event.Kind.UPDATE
        )
        return [
            message("task", pk, kind, event.seq, pk in tasks and self.body(TaskSerializer, tasks[pk]))
            for pk, kind in kinds.items()
        ]

    def body(self, serializer, row):
        return serializer(row, context={"request": self.request()}).data

    def request(self):
        """Return a request as the client could have made it, for absolute links."""
        request = HttpRequest()
        request.META = {"HTTP_HOST": self.host, "SERVER_NAME": self.host, "SERVER_PORT": "80"}
        request._get_scheme = lambda: "https" if self.is_secure else "http"
        request.user = get_user_model()(pk=self.user_id)
        return request


def message(model, pk, action, seq, body):
    """Return one message; a row that is not there any more was removed, whatever happened to it before."""
    action = action if body else Event.Kind.REMOVE
    return {"model": model, "id": pk, "action": action, "body": body or None, "seq": seq}


def message_texts(frame):
    """Return a frame of a `Feed` as the texts to send; what else the hub has to say is for pages."""
    return [json.dumps(message) for message in frame.get("messages", ())]
