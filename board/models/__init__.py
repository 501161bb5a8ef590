"""The models of sprints, tasks, the log, and accounts."""

from .account import LoginThrottle, Profile
from .column import Column, Status
from .comment import Comment
from .dispatch import Dispatch
from .event import Counter, Event
from .idempotency import IdempotencyRecord
from .notification import Following, LastSeen, Mail, Notification
from .sprint import Sprint, SprintState
from .task import Task
from .team import Team

__all__ = [
    "Column",
    "Comment",
    "Counter",
    "Dispatch",
    "Event",
    "Following",
    "IdempotencyRecord",
    "LastSeen",
    "LoginThrottle",
    "Mail",
    "Notification",
    "Profile",
    "Sprint",
    "SprintState",
    "Status",
    "Task",
    "Team",
]
