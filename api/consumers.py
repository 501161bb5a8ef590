"""Who may listen to a sprint as JSON: with a signed channel name, as in `links.channel`."""

import json
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.core import signing

from board.accounts import users
from board.history import log
from board.live.consumers import (
    BAD_MESSAGE,
    NO_ACCESS,
    LiveConsumer,
    is_number,
    is_own_origin,
    person,
    read_object,
)
from board.live.hub import LOG_IN, TRY_LATER, ended_sessions, hub, without

from .event_payloads import EventPayloads
from .models import Token
from .socket_tokens import consume, password_digest, read_channel

HOLDS = {"dragstart", "dragend", "drop"}
# Characters that wait for a client to read on, where the server does not count them itself.
MOST_UNREAD = 512 * 1024


class Refused(Exception):
    """A socket that may not stay; `code` is what it is closed with."""

    def __init__(self, code):
        super().__init__(f"closed with {code}")
        self.code = code


class EventConsumer(LiveConsumer):
    """A client of the API that listens to one sprint.

    To the client: {"model": "task" | "sprint", "id", "action": "add" | "update" | "remove", "body": the resource as in
    the API, or null, "seq"}; people alike, as "user", without "seq"; and the holds of others: {"model": "task", "id",
    "action": "dragstart" | "dragend" | "drop", "body": null}. From the client: its own holds, {"model": "task", "id",
    "action"}.
    """

    unread = 0

    async def connect(self):
        # Who is let in hears all that is committed from then on.
        newest = await database_sync_to_async(log.newest_number)()
        await self.accept()
        try:
            name, holder, sprint_id = self.read_name()
            user, key, ended = await self.admit(holder)
            if not await database_sync_to_async(consume)(name, holder):
                raise Refused(LOG_IN)
        except Refused as refusal:
            await self.close(refusal.code)
            return
        feed = EventPayloads(host_of(self.scope), self.scope.get("scheme") == "wss", holder)
        self.listen(
            newest,
            board=sprint_id,
            person=person(user),
            session=None,
            log_in=(key, user.pk, users.auth_fingerprint(user)),
            ended=ended,
            look=feed,
            texts=message_texts,
            acknowledges=False,
            hold_text=hold_text,
            person_text=lambda action, person: json.dumps(feed.person(action, person)),
        )

    def read_name(self):
        """Return (channel's name that the socket came with, its `Holder`, sprint id). Raises `Refused`."""
        has_origin = any(name == b"origin" for name, _ in self.scope["headers"])
        if has_origin and not is_own_origin(self.scope):
            raise Refused(NO_ACCESS)
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        name = query.get("channel", [""])[0]
        try:
            return name, *read_channel(name)
        except signing.SignatureExpired:
            raise Refused(LOG_IN) from None
        except signing.BadSignature:
            raise Refused(NO_ACCESS) from None

    async def admit(self, holder):
        """Return (user, key of what the socket stands and falls with, what tells which keys are over).

        Raises `Refused` when that has ended, the password has changed, or the user is gone or deactivated.
        """
        accounts = get_user_model().objects.select_related("profile")
        user = await accounts.filter(pk=holder.user_id, is_active=True).afirst()
        key, ended, token = None, ended_tokens, None
        if holder.log_in:
            key, ended = await database_sync_to_async(holder.session_key)(), ended_sessions
        elif holder.token_id:
            token = await Token.objects.valid().filter(pk=holder.token_id).afirst()
            key = token and token.pk
        is_over = key is None and (holder.log_in or holder.token_id)
        if user is None or is_over or holder.password != password_digest(user):
            raise Refused(LOG_IN)
        self.may_hold = users.may_write(user) and (token is None or token.may_write)
        return user, key, ended

    async def send(self, text_data=None, bytes_data=None, close=False):
        """Send a text when the client reads it; one that leaves too much unread is closed."""
        if self.unread > MOST_UNREAD:
            hub.leave(self.listener)
            await self.close(TRY_LATER)
            return
        self.unread += len(text_data)
        try:
            await super().send(text_data, bytes_data, close)
        finally:
            self.unread -= len(text_data)

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
    """Return a frame of a `EventPayloads` as the texts to send; what else the hub has to say is for pages."""
    return [json.dumps(message) for message in frame.get("messages", ())]
