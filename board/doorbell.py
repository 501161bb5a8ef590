"""Rings when something was committed. Nothing depends on being heard: who listens also looks by himself.

There are two bells: `CHANGE`, a sprint or task changed, and `REVOKE`, somebody's right to a socket may have gone.
"""

import logging
import threading

logger = logging.getLogger(__name__)

CHANGE = "change"
REVOKE = "revoke"

_listeners = set()
_lock = threading.Lock()


def listen(callback):
    """Let `callback(bell)` be called, in the ringing thread, at every ring in this process."""
    with _lock:
        _listeners.add(callback)


def leave(callback):
    """Stop calling `callback`."""
    with _lock:
        _listeners.discard(callback)


def ring(bell):
    """Call everybody who listens in this process; never waits."""
    with _lock:
        listeners = list(_listeners)
    for callback in listeners:
        try:
            callback(bell)
        except Exception:
            logger.exception("Somebody could not be told of a change and has to look by himself.")
