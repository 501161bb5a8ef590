"""The models of sprints, tasks, the log, and accounts."""

from .account import LoginThrottle, Profile
from .column import Column, Status
from .event import Counter, Event
from .idempotency import IdempotencyRecord
from .sprint import Sprint, SprintState
from .task import Task
from .team import Team

__all__ = [
    "Column",
    "Counter",
    "Event",
    "IdempotencyRecord",
    "LoginThrottle",
    "Profile",
    "Sprint",
    "SprintState",
    "Status",
    "Task",
    "Team",
]
