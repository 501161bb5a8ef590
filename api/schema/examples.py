"""Examples of request and response bodies."""

LINK = "https://board.example.org/api"
SPRINT = {
    "id": 3,
    "name": "Walking skeleton",
    "description": "",
    "end": "2027-03-12",
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
    "version": 42,
    "links": {"self": f"{LINK}/tasks/17", "sprint": f"{LINK}/sprints/3", "assigned": f"{LINK}/users/ada"},
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
# By the name of the schema.
EXAMPLES = {
    "Sprint": SPRINT,
    "PatchedSprint": {"name": "Walking skeleton", "end": "2027-03-12"},
    "Task": TASK,
    "PatchedTask": {"status": 4},
    "Move": {"sprint": 3, "status": 2, "before": 18},
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
