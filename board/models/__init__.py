"""Sprints, tasks, the log of what happened to them, and what belongs to people's accounts."""

from .account import Profile, Tries
from .column import Column, Status
from .event import Counter, Event
from .idempotency import Answer
from .sprint import Sprint
from .task import Task

__all__ = [
    "Answer",
    "Column",
    "Counter",
    "Event",
    "Profile",
    "Sprint",
    "Status",
    "Task",
    "Tries",
]
