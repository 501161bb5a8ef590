"""What the API promises, sentence by sentence, as clients of it know it since long.

Each test quotes the contract's text, and asks for nothing that is not in it. The old browser client, a single-page
application on the board's own origin, comes at the end with the requests as it makes them.
"""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from rest_framework.test import APIClient

SPRINT = {"id", "name", "description", "end", "links"}
TASK = {
    *("id", "name", "description", "sprint", "status", "status_display", "order"),
    *("assigned", "started", "due", "completed", "links"),
}
USER = {"id", "username", "full_name", "is_active", "links"}


def day(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def api(ada):
    """A client that signed in with a token of `POST /api/token/`."""
    client = APIClient()
    token = client.post("/api/token/", {"username": "ada", "password": "a long password"}).json()["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def made(client, collection, **fields):
    answer = client.post(f"/api/{collection}", fields)
    assert answer.status_code == 201, answer.content
    return answer.json()


def names(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


# "JSON; no trailing slash on resources."


def test_resources_have_no_trailing_slash(api):
    task = made(api, "tasks", name="Draw")
    assert api.get(f"/api/tasks/{task['id']}").status_code == 200
    assert task["links"]["self"].endswith(f"/api/tasks/{task['id']}")
    assert api.get("/api/tasks")["Content-Type"] == "application/json"


# "`GET /api/` lists the collections: `sprints`, `tasks`, `users`."


def test_the_root_leads_to_the_collections(api):
    root = api.get("/api/").json()
    assert root.keys() == {"sprints", "tasks", "users"}
    for url in root.values():
        assert api.get(url).json().keys() == {"count", "next", "previous", "results"}


# "`POST /api/token/` with `username` and `password` gives `{"token": ...}`. Basic and token authentication; everything else
# needs a signed-in user."


def test_everything_else_needs_a_signed_in_user(stranger, api):
    for url in (*api.get("/api/").json().values(), "/api/events"):
        assert (stranger.get(url).status_code, api.get(url).status_code) == (401, 200)


# "`sprints`: `id`, `name` (optional, 100), `description`, `end` (unique date), `links` {`self`, `tasks`, `channel`}."


def test_a_sprint_is_as_it_was(api):
    sprint = made(api, "sprints", end=day(7))
    assert sprint.keys() >= SPRINT
    assert sprint["name"] == ""
    assert sprint["links"].keys() == {"self", "tasks", "channel"}
    assert api.get(sprint["links"]["self"]).json()["id"] == sprint["id"]
    assert api.get(sprint["links"]["tasks"]).json()["count"] == 0
    assert api.post("/api/sprints", {"end": day(7)}).status_code == 400
    assert api.post("/api/sprints", {"end": day(8), "name": "x" * 100}).status_code == 201
    assert api.post("/api/sprints", {"end": day(9), "name": "x" * 256}).status_code == 400


# "Filters `end_min`, `end_max`; search on name; ordering by `end`, `name`."


# query, expected
SPRINT_QUERIES = [
    ({"end_min": 8}, "Birch Cedar"),
    ({"end_max": 8}, "Alder Birch"),
    ({"end_min": 8, "end_max": 8}, "Birch"),
    ({"search": "ced"}, "Cedar"),
    ({"ordering": "end"}, "Alder Birch Cedar"),
    ({"ordering": "-end"}, "Cedar Birch Alder"),
    ({"ordering": "-name"}, "Cedar Birch Alder"),
]


def test_sprints_are_filtered_searched_and_ordered(api):
    for days, name in ((7, "Alder"), (8, "Birch"), (9, "Cedar")):
        made(api, "sprints", name=name, end=day(days))
    for query, expected in SPRINT_QUERIES:
        query = {name: day(value) if isinstance(value, int) else value for name, value in query.items()}
        assert names(api, f"/api/sprints?{urlencode(query)}") == expected.split()


# "A new or changed `end` must not lie in the past."


def test_an_end_does_not_lie_in_the_past(api):
    assert api.post("/api/sprints", {"end": day(-1)}).status_code == 400
    sprint = made(api, "sprints", end=day(0))
    assert api.patch(sprint["links"]["self"], {"end": day(-1)}).status_code == 400


# "`tasks`: `id`, `name` (100), `description`, `sprint`, `status` (1 Not Started, 2 In Progress, 3 Testing, 4 Done),
# `status_display`, `order`, `assigned` (a username or null), `started`, `due`, `completed`, `links` {`self`, `sprint`,
# `assigned`}."


def test_a_task_is_as_it_was(api):
    sprint = made(api, "sprints", end=day(7))
    task = made(api, "tasks", name="x" * 100, sprint=sprint["id"], assigned="ada", due=day(3))
    assert task.keys() >= TASK
    assert task["links"].keys() == {"self", "sprint", "assigned"}
    assert api.get(task["links"]["sprint"]).json()["id"] == sprint["id"]
    assert api.get(task["links"]["assigned"]).json()["username"] == "ada"
    assert api.post("/api/tasks", {"name": "x" * 256}).status_code == 400
    for status, label in ((1, "Not Started"), (2, "In Progress"), (3, "Testing"), (4, "Done")):
        assert api.patch(task["links"]["self"], {"status": status}).json()["status_display"] == label
    assert api.patch(task["links"]["self"], {"assigned": None}).json()["assigned"] is None


# "Filters `sprint`, `status`, `assigned` (username), `backlog` (true/false: without or with a sprint); search on name and
# description; ordering by `name`, `order`, `started`, `due`, `completed`."


@pytest.fixture
def grove(api):
    """Three tasks; gives the id of their sprint."""
    sprint = made(api, "sprints", end=day(7))["id"]
    made(api, "tasks", name="Alder", order=3)
    made(api, "tasks", name="Birch", order=2, sprint=sprint, status=2, assigned="ada", due=day(2), started=day(-3))
    made(
        api,
        "tasks",
        name="Cedar",
        order=1,
        sprint=sprint,
        status=4,
        due=day(1),
        started=day(-2),
        description="alder",
    )
    return sprint


# query, expected
TASK_QUERIES = [
    ("sprint={sprint}&ordering=name", "Birch Cedar"),
    ("status=4", "Cedar"),
    ("assigned=ada", "Birch"),
    ("backlog=true", "Alder"),
    ("backlog=false&ordering=name", "Birch Cedar"),
    ("search=alder&ordering=name", "Alder Cedar"),
    ("ordering=-name", "Cedar Birch Alder"),
    ("ordering=order", "Cedar Birch Alder"),
    ("backlog=false&ordering=started", "Birch Cedar"),
    ("backlog=false&ordering=due", "Cedar Birch"),
    ("status=4&ordering=completed", "Cedar"),
]


def test_tasks_are_filtered_searched_and_ordered(api, grove):
    for query, expected in TASK_QUERIES:
        assert names(api, f"/api/tasks?{query.format(sprint=grove)}") == expected.split()


# "Rules: a completed task cannot change sprint; a task cannot be added or moved to a past sprint; a backlog task is "Not
# Started"; `started` needs a status beyond "Not Started"; `completed` needs "Done". (A PATCH is judged on the task as it would
# be after it, not on the sent fields alone.)"


# task, patch, refused
JUDGED = [
    ({"sprint": "now", "status": 4}, {"sprint": "next"}, True),
    ({"sprint": "now", "status": 3}, {"sprint": "next"}, False),
    ({}, {"sprint": "past"}, True),
    ({}, {"status": 2}, True),
    ({}, {"status": 2, "sprint": "now"}, False),
    ({"sprint": "now"}, {"started": day(0)}, True),
    ({"sprint": "now", "status": 2}, {"started": day(0)}, False),
    ({"sprint": "now", "status": 3}, {"completed": day(0)}, True),
    ({"sprint": "now", "status": 3}, {"completed": day(0), "status": 4}, False),
    ({"sprint": "now", "status": 2}, {"sprint": None}, True),
]


def test_the_rules_hold_for_the_task_as_it_would_be(api, past_sprint):
    sprints = {"now": made(api, "sprints", end=day(7))["id"], "next": made(api, "sprints", end=day(14))["id"]}
    sprints |= {"past": past_sprint.pk, None: None}
    for task, patch, refused in JUDGED:
        before, after = (
            fields | ({"sprint": sprints[fields["sprint"]]} if "sprint" in fields else {})
            for fields in (task, patch)
        )
        saved = made(api, "tasks", name="Draw", **before)
        answer = api.patch(saved["links"]["self"], after)
        assert (task, patch, answer.status_code) == (task, patch, 400 if refused else 200)
    assert api.post("/api/tasks", {"name": "Late", "sprint": past_sprint.pk}).status_code == 400


# "`users`: read only, looked up by username: `id`, `username`, `full_name`, `is_active`, `links` {`self`, `tasks`}; search
# on username."


def test_users_are_as_they_were(api, grove):
    user = api.get("/api/users/ada").json()
    assert user.keys() >= USER
    assert user["links"].keys() == {"self", "tasks"}
    assert names(api, user["links"]["tasks"]) == ["Birch"]
    get_user_model().objects.create_user("ben")
    assert [row["username"] for row in api.get("/api/users?search=be").json()["results"]] == ["ben"]
    assert api.delete("/api/users/ada").status_code == 405


# "Pages of 25, `page_size` up to 100: `count`, `next`, `previous`, `results`."


def test_lists_come_in_pages(api):
    for number in range(26):
        made(api, "tasks", name=f"{number}")
    first = api.get("/api/tasks").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (26, 25, None)
    second = api.get(first["next"]).json()
    assert (len(second["results"]), second["next"]) == (1, None)
    assert api.get(second["previous"]).json() == first
    assert len(api.get("/api/tasks?page_size=100").json()["results"]) == 26


# The old client: jQuery and Backbone in a page of the board's own origin, with the board's session beside its token


class OldClient:
    """Makes its requests: a form for the token, JSON for models, both tokens in the headers, all fields in each PUT."""

    def __init__(self, user):
        self.http = APIClient(enforce_csrf_checks=True)
        self.http.force_login(user)
        self.token = None

    def log_in(self, username, password):
        form = urlencode({"username": username, "password": password})
        kind = "application/x-www-form-urlencoded; charset=UTF-8"
        answer = self.http.post("/api/token/", form, content_type=kind, headers=self.headers())
        self.token = answer.json()["token"]

    def headers(self):
        headers = {
            "accept": "application/json, text/javascript, */*; q=0.01",
            "x-requested-with": "XMLHttpRequest",
            "x-csrftoken": "not one of this server",
        }
        return headers | ({"authorization": f"Token {self.token}"} if self.token else {})

    def fetch(self, url):
        answer = self.http.get(url, headers=self.headers())
        assert answer.status_code == 200, answer.content
        return answer.json()

    def sync(self, method, url, model):
        send = getattr(self.http, method)
        answer = send(url, json.dumps(model), content_type="application/json", headers=self.headers())
        assert answer.status_code in (200, 201), answer.content
        return answer.json()


def test_the_old_client_logs_in_lists_creates_drags_and_edits(ada):
    page = OldClient(ada)
    page.log_in("ada", "a long password")
    root = page.fetch("/api/")

    # The home page: the sprints that ended less than a week ago or later, and a form for a new one.
    new = page.sync("post", root["sprints"], {"name": "Skeleton", "description": "", "end": day(7)})
    listed = page.fetch(f"{root['sprints']}?{urlencode({'end_min': day(-7)})}")
    assert [sprint["id"] for sprint in listed["results"]] == [new["id"]]

    # A sprint's page: itself, its tasks, and the backlog, page after page.
    sprint = page.fetch(new["links"]["self"])
    assert sprint["links"]["channel"].startswith("ws://testserver/socket?channel=")
    task = page.sync("post", root["tasks"], {"name": "Draw", "description": ""})
    assert page.fetch(sprint["links"]["tasks"])["results"] == []
    assert page.fetch(f"{root['tasks']}?{urlencode({'backlog': 'True'})}")["results"] == [task]

    # A drag out of the backlog, into work, to the end, and back: the whole model each time, the sprint as in the address.
    def drag(**changes):
        return page.sync("put", task["links"]["self"], {**task, **changes})

    task = drag(sprint=str(sprint["id"]), status=1, order=0)
    assert (task["sprint"], task["status"]) == (sprint["id"], 1)
    task = drag(status=2, order=1, started=day(0))
    assert (task["status_display"], task["started"]) == ("In Progress", day(0))
    task = drag(status=4, order=1, completed=day(0))
    assert page.fetch(f"{sprint['links']['tasks']}&backlog=False")["results"] == [task]
    task = drag(status=3, completed=None)
    task = drag(sprint=None, status=1, order=0, started=None, completed=None)
    assert (task["sprint"], task["started"]) == (None, None)

    # The card itself: every value a text, that of an emptied field too.
    task = drag(name="Draw the columns", description="In ink", due=day(3), assigned="ada")
    assert (task["name"], task["due"], task["assigned"]) == ("Draw the columns", day(3), "ada")
    assert page.fetch(task["links"]["assigned"])["full_name"] == "Ada Lovelace"
    task = drag(due="", assigned="", description="")
    assert (task["due"], task["assigned"], task["description"]) == (None, None, "")


def test_the_old_client_reads_what_was_refused(ada):
    page = OldClient(ada)
    page.log_in("ada", "a long password")
    answer = page.http.post("/api/tasks", "{}", content_type="application/json", headers=page.headers())
    assert answer.status_code == 400
    assert answer.json() == {"name": ["This field is required."]}
