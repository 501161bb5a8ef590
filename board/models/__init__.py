"""The models of sprints, tasks, the log, and accounts."""

from .account import LoginThrottle, Profile
from .column import Column, Status
from .comment import Comment
from .event import Counter, Event
from .idempotency import IdempotencyRecord
from .notification import Following, LastSeen, Notification
from .sprint import Sprint, SprintState
from .task import Task
from .team import Team

__all__ = [
    "Column",
    "Comment",
    "Counter",
    "Event",
    "Following",
    "IdempotencyRecord",
    "LastSeen",
    "LoginThrottle",
    "Notification",
    "Profile",
    "Sprint",
    "SprintState",
    "Status",
    "Task",
    "Team",
]
