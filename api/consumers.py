"""Who may listen to a sprint as JSON: with a signed channel name, as in `links.channel`."""

import json
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user_model
from django.core import signing

from board import accounts
from board.consumers import BAD_MESSAGE, NO_ACCESS, is_number, is_own_origin, person, read_object
from board.hub import LOG_IN, Listener, hub, without

from .channels import read_channel
from .feeds import Feed
from .models import Token

HOLDS = {"dragstart", "dragend", "drop"}


class EventConsumer(AsyncWebsocketConsumer):
    """A client of the API that listens to one sprint.

    To the client: {"model": "task" | "sprint", "id", "action": "add" | "update" | "remove", "body": the resource as in
    the API, or null, "seq"}; people alike, as "user", without "seq"; and the holds of others: {"model": "task", "id",
    "action": "dragstart" | "dragend" | "drop", "body": null}. From the client: its own holds, {"model": "task", "id",
    "action"}.
    """

    channel_layer_alias = "none"
    listener = None
    may_hold = False

    async def connect(self):
        await self.accept()
        user, token, sprint_id, code = await self.admit()
        if code:
            await self.close(code)
            return
        hub.start()
        self.may_hold = accounts.may_write(user) and (token is None or token.may_write)
        token_id = token and token.pk
        feed = Feed(host_of(self.scope), self.scope.get("scheme") == "wss", user.pk, token_id)
        self.listener = Listener(
            board=sprint_id,
            person=person(user),
            session=None,
            log_in=(token_id, user.pk, accounts.standing(user)),
            ended=ended_tokens,
            look=feed,
            texts=message_texts,
            send=self.send,
            close=self.close,
            acknowledges=False,
            hold_text=hold_text,
            person_text=lambda action, person: json.dumps(feed.person(action, person)),
        )
        hub.join(self.listener)

    async def admit(self):
        """Return (user, token or None, sprint id, None), or (None, None, None, the code to close with)."""
        has_origin = any(name == b"origin" for name, _ in self.scope["headers"])
        if has_origin and not is_own_origin(self.scope):
            return refuse(NO_ACCESS)
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        try:
            user_id, token_id, sprint_id = read_channel(query.get("channel", [""])[0])
        except signing.SignatureExpired:
            return refuse(LOG_IN)
        except signing.BadSignature:
            return refuse(NO_ACCESS)
        users = get_user_model().objects.select_related("profile")
        user = await users.filter(pk=user_id, is_active=True).afirst()
        token = token_id and await Token.objects.valid().filter(pk=token_id).afirst()
        if user is None or (token_id and token is None):
            return refuse(LOG_IN)
        return user, token, sprint_id, None

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


def refuse(code):
    return None, None, None, code


def ended_tokens(log_ins):
    """Return which of the {(token id or None, user id, session hash)} do not open anything any more."""
    tokens = Token.objects.valid().filter(pk__in={pk for pk, _, _ in log_ins if pk})
    return without(log_ins, {None, *tokens.values_list("pk", flat=True)})


def read_hold(text):
    """Return a client's message as a dict; None for anything else than a hold."""
    message = read_object(text)
    if message is None or message.get("model") != "task" or message.get("action") not in list(HOLDS):
        return None
    return message if is_number(message.get("id")) else None


def hold_text(task_id, action):
    """Return what a client hears when somebody else picks up a card or puts it down."""
    return json.dumps({"model": "task", "id": task_id, "action": action, "body": None})


def host_of(scope):
    """Return the host that the client asked for."""
    return dict(scope["headers"]).get(b"host", b"localhost").decode("latin1")


def message_texts(frame):
    """Return a frame of a `Feed` as the texts to send; what else the hub has to say is for pages."""
    return [json.dumps(message) for message in frame.get("messages", ())]
