"""Examples of request and response bodies."""

LINK = "https://board.example.org/api"
SPRINT = {
    "id": 3,
    "name": "Walking skeleton",
    "goal": "A card can be dragged",
    "description": "",
    "start": "2027-03-01",
    "end": "2027-03-12",
    "state": "running",
    "started_at": "2027-03-01T08:00:00Z",
    "closed_at": None,
    "version": 41,
    "links": {
        "self": f"{LINK}/sprints/3",
        "tasks": f"{LINK}/tasks?sprint=3",
        "channel": "wss://board.example.org/socket?channel=eyJ…",
    },
}
TASK = {
    "id": 17,
    "name": "Draw the columns",
    "description": "",
    "sprint": 3,
    "status": 2,
    "status_display": "In Progress",
    "order": 2097152,
    "assigned": "ada",
    "started": "2027-03-01",
    "due": None,
    "completed": None,
    "points": 5,
    "carried": 0,
    "comment_count": 1,
    "version": 42,
    "links": {"self": f"{LINK}/tasks/17", "sprint": f"{LINK}/sprints/3", "assigned": f"{LINK}/users/ada"},
}
COMMENT = {
    "id": 43,
    "task": 17,
    "author": "ada",
    "text": "The **narrow** ones come later, see #18.",
    "created_at": "2027-03-01T10:05:00Z",
    "edited_at": None,
    "version": 43,
    "links": {"self": f"{LINK}/tasks/17/comments/43", "task": f"{LINK}/tasks/17", "author": f"{LINK}/users/ada"},
}
EVENT = {
    "seq": 42,
    "at": "2027-03-01T09:30:00Z",
    "by": "ada",
    "model": "task",
    "id": 17,
    "action": "update",
    "sprint": 3,
    "changes": {"status": [1, 2], "started": [None, "2027-03-01"], "order": [1048576, 2097152]},
}
MESSAGE = {"model": "task", "id": 17, "action": "update", "body": TASK, "seq": 42}
BROKEN_RULE = {"started": ["A task that isn't started can't have a start date."]}
PROBLEM_EXAMPLE = {
    "status": 400,
    "title": "Bad Request",
    "detail": "started: A task that isn't started can't have a start date.",
    "fields": BROKEN_RULE,
}
REPORT_TASK = {"id": 17, "name": "Draw the columns", "points": 5}
LEFTOVER = {**REPORT_TASK, "went": "sprint", "sprint": 4}
PART = {"count": 1, "points": 5, "tasks": [REPORT_TASK]}
NO_TASKS = {"count": 0, "points": 0, "tasks": []}
LEFTOVERS = {"count": 1, "points": 5, "tasks": [LEFTOVER]}
SCOPE_CHANGE = {
    "at": "2027-03-02T09:30:00Z",
    "by": "Ada Lovelace",
    "kind": "added",
    "task": REPORT_TASK,
    "tasks": 1,
    "points": 5,
}
FIGURES = {"ideal": 9.0, "remaining": 10, "scope": 13, "flow": [5, 5, 0, 3]}
DAY = {"day": "2027-03-02", "is_working_day": True, "tasks": FIGURES, "points": FIGURES}
KEPT = {"task": 17, "name": "Draw the columns", "reason": "Ada Lovelace has since changed it."}
# By the name of the schema.
EXAMPLES = {
    "Sprint": SPRINT,
    "PatchedSprint": {"goal": "A card can be dragged", "end": "2027-03-12"},
    "Task": TASK,
    "PatchedTask": {"status": 4},
    "Comment": COMMENT,
    "PatchedComment": {"text": "The **narrow** ones come later."},
    "Move": {"sprint": 3, "status": 2, "before": 18},
    "Close": {
        "outcome": "partly",
        "note": "The rain.",
        "choices": {"17": 4, "18": "dropped"},
        "others": "backlog",
    },
    "Kept": KEPT,
    "Reopened": {"sprint": SPRINT, "kept": [KEPT]},
    "ReportTask": REPORT_TASK,
    "Leftover": LEFTOVER,
    "Part": PART,
    "Leftovers": LEFTOVERS,
    "ScopeChange": SCOPE_CHANGE,
    "Figures": FIGURES,
    "Day": DAY,
    "Report": {
        "sprint": 3,
        "name": "Walking skeleton",
        "goal": "A card can be dragged",
        "state": "closed",
        "start": "2027-03-01",
        "end": "2027-03-12",
        "closed_at": "2027-03-12T16:00:00Z",
        "outcome": "partly",
        "note": "The rain.",
        "unit": "points",
        "committed": NO_TASKS,
        "added": PART,
        "removed": NO_TASKS,
        "done": NO_TASKS,
        "unfinished": LEFTOVERS,
        "estimated": 0,
        "changes": [SCOPE_CHANGE],
        "days": [DAY],
    },
    "User": {
        "id": 1,
        "username": "ada",
        "full_name": "Ada Lovelace",
        "is_active": True,
        "links": {"self": f"{LINK}/users/ada", "tasks": f"{LINK}/tasks?assigned=ada"},
    },
    "Event": EVENT,
    "Events": {"newest": 42, "next": None, "events": [EVENT]},
    "Root": {name: f"{LINK}/{name}" for name in ("sprints", "tasks", "users")},
    "LogIn": {"username": "ada", "password": "a long password", "token": "lb_3q2-7w…"},
    "Token": {"username": "ada", "password": "a long password", "token": "lb_3q2-7w…"},
    "Error": BROKEN_RULE,
    "Problem": PROBLEM_EXAMPLE,
    "Message": MESSAGE,
}
