"""Publish/subscribe within this process: hints that something was committed.

Nothing depends on a notification, because every subscriber also polls the database. The topics are `CHANGE` (a sprint
or task changed), `NOTIFICATION` (someone has other unread notifications) and `REVOKE` (a socket may no longer be
authorized).
"""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

CHANGE = "change"
NOTIFICATION = "notification"
REVOKE = "revoke"

type Topic = str
type Subscriber = Callable[[Topic], None]

_subscribers: set[Subscriber] = set()
_lock = threading.Lock()


def subscribe(callback: Subscriber) -> None:
    """Call `callback(topic)` in the publishing thread whenever a topic is published in this process."""
    with _lock:
        _subscribers.add(callback)


def unsubscribe(callback: Subscriber) -> None:
    with _lock:
        _subscribers.discard(callback)


def publish(topic: Topic) -> None:
    """Call every subscriber of this process. Does not block."""
    with _lock:
        subscribers = list(_subscribers)
    for callback in subscribers:
        try:
            callback(topic)
        except Exception:
            logger.exception("A subscriber failed. It will see the change when it next polls the database.")
