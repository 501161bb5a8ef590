"""Publish and subscribe within this process: a hint that something was committed.

Nothing depends on a notification: every subscriber also asks the database from time to time. Topics are `CHANGE` (a sprint or
task changed) and `REVOKE` (someone may have lost the right to a socket).
"""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

CHANGE = "change"
REVOKE = "revoke"

type Topic = str
type Subscriber = Callable[[Topic], None]

_subscribers: set[Subscriber] = set()
_lock = threading.Lock()


def subscribe(callback: Subscriber) -> None:
    """Call `callback(topic)` at every publication in this process, in the publishing thread."""
    with _lock:
        _subscribers.add(callback)


def unsubscribe(callback: Subscriber) -> None:
    """Stop calling `callback`."""
    with _lock:
        _subscribers.discard(callback)


def publish(topic: Topic) -> None:
    """Call every subscriber of this process. Never waits."""
    with _lock:
        subscribers = list(_subscribers)
    for callback in subscribers:
        try:
            callback(topic)
        except Exception:
            logger.exception("A subscriber failed; it learns of the change when it next asks the database.")
