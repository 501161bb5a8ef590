"""Sprints, tasks, the log of what happened to them, and what belongs to people's accounts."""

from .account import LoginThrottle, Profile
from .column import Column, Status
from .event import Counter, Event
from .idempotency import IdempotencyRecord
from .sprint import Sprint
from .task import Task

__all__ = [
    "Column",
    "Counter",
    "Event",
    "IdempotencyRecord",
    "LoginThrottle",
    "Profile",
    "Sprint",
    "Status",
    "Task",
]
