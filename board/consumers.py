"""Who may listen to a board. Sockets take no commands but holds; what they get comes from the hub."""

import json
import time
from urllib.parse import urlsplit

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.http.request import validate_host

from . import broadcasts
from .hub import LOG_IN, TRY_LATER, Listener, hub
from .templatetags.people import colour, full_name, initials

BAD_MESSAGE = 1008
NO_ACCESS = 4403
MESSAGE_BYTES = 1024
MESSAGES_PER_SECOND = 20


class BoardConsumer(AsyncWebsocketConsumer):
    """A page that shows a board.

    From the page: `{"since": n}`, I show sequence number n (the first time with "format", the page's; then as
    acknowledgement of each frame, or as a question), `{"hold": task id}` and `{"release": task id}`.
    To the page: frames as in `broadcasts.batch`, with "room" (people, held) when that changed.
    """

    # The hub alone touches the layer, so that a dead one closes nobody's socket.
    channel_layer_alias = "none"
    listener = None

    async def connect(self):
        await self.accept()
        code = self.refusal()
        if code:
            await self.close(code)
            return
        hub.start()
        session = self.scope["session"]
        if not hub.has_room_for(session.session_key):
            await self.close(TRY_LATER)
            return
        user = self.scope["user"]
        self.messages, self.second = 0, 0
        self.listener = Listener(
            board=self.scope["url_route"]["kwargs"]["sprint_id"],
            person=person(user),
            session=session.session_key,
            session_hash=session[HASH_SESSION_KEY],
            look=broadcasts.batch,
            texts=frame_texts,
            send=self.send,
            close=self.close,
        )
        hub.join(self.listener)

    def refusal(self):
        """Return the code to close with at once, None when the socket may stay."""
        if not is_own_origin(self.scope):
            return NO_ACCESS
        return None if self.scope["user"].is_authenticated else LOG_IN

    async def receive(self, text_data=None, bytes_data=None):
        if self.listener is None:
            return
        message = self.read(text_data)
        if message is None:
            await self.close(BAD_MESSAGE)
        elif "since" in message:
            await self.follow(message)
        elif "hold" in message:
            hub.hold(self.listener, message["hold"])
        else:
            hub.release(self.listener, message["release"])

    def read(self, text):
        """Return the client's message; None for what no page of ours sends, or sends that often."""
        second = int(time.monotonic())
        self.messages = self.messages + 1 if second == self.second else 1
        self.second = second
        if text is None or len(text) > MESSAGE_BYTES or self.messages > MESSAGES_PER_SECOND:
            return None
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(message, dict):
            return None
        page_format = message.pop("format", None)
        if len(message) != 1 or not message.keys() <= {"since", "hold", "release"}:
            return None
        if any(type(value) is not int or not 0 <= value < 2**63 for value in message.values()):
            return None
        return message if page_format is None else {**message, "format": page_format}

    async def follow(self, message):
        if message.get("format", broadcasts.page_format()) != broadcasts.page_format():
            await self.send(json.dumps({"reset": True}))
            return
        self.listener.shows(message["since"])
        hub.wake()

    async def disconnect(self, code):
        if self.listener:
            hub.leave(self.listener)


def is_own_origin(scope):
    """Tell whether a socket was opened by a page of ours: same scheme, host and port, or a trusted origin."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin1")
    host = headers.get(b"host", b"").decode("latin1")
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    hosts = settings.ALLOWED_HOSTS
    if origin == f"{scheme}://{host}":
        return validate_host(urlsplit(origin).hostname or "", hosts)
    return origin in settings.CSRF_TRUSTED_ORIGINS


def person(user):
    """Return who a user is to the others on a board, as JSON values."""
    return {"id": user.pk, "name": full_name(user), "initials": initials(user), "colour": colour(user)}


def frame_texts(frame):
    """Return a frame as the texts to send."""
    return [json.dumps(frame)]
