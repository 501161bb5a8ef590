"""Who may listen to a board. Sockets take no commands but holds; what they get comes from the hub."""

import json
from contextlib import suppress
from urllib.parse import parse_qs

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from board.accounts import languages, users
from board.live import batches
from board.ops.hosts import is_allowed
from board.templatetags.people import colour, full_name, initials

from .hub import LOG_IN, Listener, ended_sessions, hub

BAD_MESSAGE = 1008
NO_ACCESS = 4403
MESSAGE_BYTES = 1024
# The key in a scope's "extensions" of the function `write(text)` that `manage.py serve` gives to each socket.
WRITE = "lightboard.write"


class LiveConsumer(AsyncWebsocketConsumer):
    """A socket that hears of changes from the hub. There may be a thousand of them in a process."""

    listener = None
    may_hold = False

    async def __call__(self, scope, receive, send):
        """Take one message after the other, in the task that the socket has anyway.

        The parent has two more tasks for each socket, looks after database connections at each message, in a
        thread, and listens to the layer; the hub alone does that, so that a dead one closes nobody's socket.
        """
        self.scope, self.base_send = scope, send
        with suppress(StopConsumer):
            while True:
                message = await receive()
                await getattr(self, get_handler_name(message))(message)

    def listen(self, newest=None, **what):
        """Join the hub as a `Listener` of what the arguments say, to whom the changes up to `newest` are known."""
        hub.start()
        write = self.scope.get("extensions", {}).get(WRITE)
        self.listener = Listener(send=self.send, close=self.close, write=write, **what)
        if newest is not None:
            self.listener.shows(newest)
        hub.join(self.listener)

    async def disconnect(self, code):
        if self.listener:
            hub.leave(self.listener)


class BoardConsumer(LiveConsumer):
    """A page that shows a board, in the language that it names in the query: `?language=de`.

    From the page: `{"since": n}`, I show sequence number n (first as a greeting, then as acknowledgement of each
    frame, or as a question), `{"hold": task id}` and `{"release": task id}`, and `{"hidden": 1 or 0}` when its tab
    goes out of sight or comes back.
    To the page: frames as in `broadcasts.batch`, with "room" (people, more, held) when that changed, and with
    "format", which the page has to agree on; every 15 s at least, be it without news.
    """

    async def connect(self):
        await self.accept()
        code = self.refusal()
        if code:
            await self.close(code)
            return
        session = self.scope["session"]
        user = self.scope["user"]
        self.may_hold = users.may_write(user)
        self.listen(
            board=self.scope["url_route"]["kwargs"]["sprint_id"],
            person=person(user),
            session=session.session_key,
            log_in=(session.session_key, user.pk, users.auth_fingerprint(user)),
            ended=ended_sessions,
            look=batches.batches(language_of(self.scope)),
            texts=frame_texts,
        )

    def refusal(self):
        """Return the code to close with at once, None when the socket may stay."""
        if not is_own_origin(self.scope):
            return NO_ACCESS
        return None if self.scope["user"].is_authenticated else LOG_IN

    async def receive(self, text_data=None, bytes_data=None):
        if self.listener is None:
            return
        message = read(text_data)
        # The answer to a frame of ours is free: there are as many as there are changes.
        is_answer = message is not None and "since" in message and self.listener.in_flight
        if message is None or (not is_answer and self.listener.floods()):
            await self.close(BAD_MESSAGE)
        elif "since" in message:
            hub.hear(self.listener, message["since"])
        elif "hidden" in message:
            hub.set_hidden(self.listener, bool(message["hidden"]))
        elif not self.may_hold:
            await self.close(NO_ACCESS)
        elif "hold" in message:
            hub.hold(self.listener, message["hold"])
        else:
            hub.release(self.listener, message["release"])


def read(text):
    """Return the message of a page as a dict; None for what no page of ours sends."""
    message = read_object(text)
    if message is None or len(message) != 1 or not message.keys() <= {"since", "hold", "release", "hidden"}:
        return None
    return message if all(is_number(value) for value in message.values()) else None


def read_object(text):
    """Return the JSON object that came over a socket as a dict; None for anything else, or a long one."""
    if text is None or len(text) > MESSAGE_BYTES:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def is_number(value):
    """Tell whether a value from outside can be an id or a sequence number."""
    return type(value) is int and 0 <= value < 2**63


def is_own_origin(scope):
    """Tell whether a socket was opened by a page of ours: same scheme, host and port, or a trusted origin."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin1")
    host = headers.get(b"host", b"").decode("latin1")
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    if origin == f"{scheme}://{host}":
        return is_allowed(host, settings.ALLOWED_HOSTS)
    return origin in settings.CSRF_TRUSTED_ORIGINS


def language_of(scope):
    """Return the language of the page that opened a socket: a person may have pages in two."""
    query = parse_qs(scope["query_string"].decode("latin1"))
    return languages.known(query.get("language", [""])[0]) or settings.LANGUAGE_CODE


def person(user):
    """Return who a user is to the others on a board, as JSON values."""
    return {"id": user.pk, "name": full_name(user), "initials": initials(user), "colour": colour(user)}


def frame_texts(frame):
    """Return a frame as the texts to send."""
    return [json.dumps(batches.for_page(frame))]
