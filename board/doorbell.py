"""Rings when a change was committed. Nothing depends on being heard: who listens also looks by himself."""

import threading

_listeners = set()
_lock = threading.Lock()


def listen(callback):
    """Let `callback()` be called, from any thread, at every ring in this process."""
    with _lock:
        _listeners.add(callback)


def leave(callback):
    """Stop calling `callback`."""
    with _lock:
        _listeners.discard(callback)


def ring():
    """Call everybody who listens in this process."""
    with _lock:
        listeners = list(_listeners)
    for callback in listeners:
        callback()
