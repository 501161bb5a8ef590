"""Summaries and descriptions of operations, tags, query parameters and fields."""

from typing import Any

from board.history.schema import EXTRAS

SUMMARIES = {
    "list": "List {many}",
    "retrieve": "Get a {one}",
    "create": "Create a {one}",
    "update": "Replace a {one}",
    "partial_update": "Update a {one}",
    "destroy": "Delete a {one}",
    "move": "Move a task",
}
DESCRIPTIONS = {
    "retrieve": "To get the body only if it has changed, send the `ETag` of the response as `If-None-Match`.",
    "create": "Missing fields get their default values. Read-only fields are accepted and ignored.",
    "update": "Missing optional fields keep their values. Read-only fields are accepted and ignored.",
    "partial_update": "Missing fields keep their values. The resulting task or sprint is validated as a whole.",
    "destroy": "You can't delete a sprint that has tasks.",
    "move": "Moves the task to a column and a position in it. If the task is already there, nothing changes. "
    "`started` and `completed` follow the status.",
}
SINGULAR = {"sprints": "sprint", "tasks": "task", "users": "user"}
TAGS = {
    "sprints": "A sprint has an end date. No two sprints end on the same day.",
    "tasks": "A task is a card in a column of a sprint's board, or in the backlog.",
    "users": "The members of the team.",
    "events": "The log of all changes. Read it to follow the board without missing any.",
    "token": "Exchange a username and a password for a token. You can create other tokens at /profile/tokens/.",
    "start": "The entry points of the API.",
}

QUERY: dict[str, dict[str, Any]] = {
    "assigned": {"description": "Tasks assigned to any of these usernames."},
    "backlog": {
        "description": "`true` for tasks in the backlog, `false` for tasks in a sprint.",
        "schema": {"enum": ["true", "false"]},
    },
    "cursor": {"description": "The position of a page with `paging=cursor`. Follow `next` instead of setting it."},
    "end_max": {"description": "The latest end date."},
    "end_min": {"description": "The earliest end date."},
    "page": {"description": "The number of the page, starting at 1.", "schema": {"type": "integer", "minimum": 1}},
    "page_size": {
        "description": "The number of results per page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
    },
    "paging": {
        "description": "`cursor` for pages ordered by id, which skip nothing when rows are deleted meanwhile.",
        "schema": {"enum": ["cursor"]},
    },
    "since": {"description": "The last sequence number you have. The response starts with the next event."},
    "sprint": {"description": "Tasks in any of the sprints with these ids."},
    "status": {
        "description": "Tasks with any of these statuses: 1 Not Started, 2 In Progress, 3 Testing, 4 Done."
    },
    "wait": {"description": "How many seconds to wait for the first event if there is none yet."},
}

# By the name of the schema. The key "" describes the schema itself.
FIELDS = {
    "Sprint": {
        "": "A sprint.",
        "end": "The last day. No other sprint may end on it, and a new sprint can't end in the past.",
    },
    "Task": {
        "": "A task, shown as a card on the board.",
        "sprint": "The id of the sprint, or null for the backlog.",
        "order": "The sort key within the column. Use `move` to keep the order of the other tasks.",
        "assigned": "The username of the assignee.",
        "started": "Requires a status other than Not Started. If missing, it follows the status.",
        "completed": "Requires the status Done. If missing, it follows the status.",
        "version": "The sequence number of the last change.",
    },
    "User": {
        "": "A user.",
        "username": "The name used to log in.",
        "is_active": "Whether the user may log in.",
    },
    "Event": {
        "": "An event of the log.",
        "seq": "The sequence number. Events are numbered without gaps, in commit order.",
        "by": "The username of the person who made the change, or null for the system.",
        "id": "The id of the task or sprint that changed.",
        "sprint": "The id of the sprint after the change.",
        "changes": "{field: [before, after]}. Besides the fields, it may contain: "
        + "; ".join(f"`{name}`, {extra.help}" for name, extra in EXTRAS.items())
        + ".",
    },
}
