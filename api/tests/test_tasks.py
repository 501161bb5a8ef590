"""/api/tasks and /api/tasks/<id>"""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from api.filters import MAX_SEARCH_WORDS
from board import actions
from board.actions.ordering import LIMIT
from board.models import Event, Status, Task

from .responses import error, refusal


@pytest.fixture
def guest(db):
    return get_user_model().objects.create_user("guest")


@pytest.fixture
def backlog_task(ada):
    return actions.add_task(ada, name="Write the manual")


@pytest.fixture
def next_sprint(ada, today):
    return actions.add_sprint(ada, name="Next", end=today + timedelta(days=28))


@pytest.fixture
def done_task(ada, sprint, today):
    return actions.add_task(ada, name="Choose the colours", sprint_id=sprint.pk, status=Status.DONE)


def url(task):
    return f"/api/tasks/{task.pk}"


def saved(task):
    return Task.objects.values().get(pk=task.pk)


# One task


def test_a_task_has_the_fields_of_the_contract(client, ada, sprint, today):
    task = actions.add_task(
        ada,
        name="Draw",
        description="With a pencil",
        sprint_id=sprint.pk,
        status=Status.ACTIVE,
        assigned=ada,
        due=today,
        order=7,
    )
    assert client.get(url(task)).json() == {
        "id": task.pk,
        "name": "Draw",
        "description": "With a pencil",
        "sprint": sprint.pk,
        "status": 2,
        "status_display": "In Progress",
        "order": 7,
        "assigned": "ada",
        "started": today.isoformat(),
        "due": today.isoformat(),
        "completed": None,
        "points": None,
        "carried": 0,
        "comment_count": 0,
        "version": task.version,
        "links": {
            "self": f"http://testserver/api/tasks/{task.pk}",
            "sprint": f"http://testserver/api/sprints/{sprint.pk}",
            "assigned": "http://testserver/api/users/ada",
        },
    }


def test_links_to_nothing_are_null(client, backlog_task):
    links = client.get(url(backlog_task)).json()["links"]
    assert (links["sprint"], links["assigned"]) == (None, None)


@pytest.mark.parametrize(
    ("status", "label"), [(1, "Not Started"), (2, "In Progress"), (3, "Testing"), (4, "Done")]
)
def test_each_status_has_its_label(client, task, status, label):
    assert client.patch(url(task), {"status": status}).json()["status_display"] == label


# pk
UNKNOWN = ["0", "999999999", "99999999999999999999999", "9" * 5000, "-1", "x", "%00"]


def test_an_unknown_task_is_not_found(client):
    for pk in UNKNOWN:
        where, body = f"/api/tasks/{pk}", {"name": "Nobody"}
        answers = client.get(where), client.put(where, body), client.patch(where, body), client.delete(where)
        assert [answer.status_code for answer in answers] == [404] * 4


# Adding


def test_a_task_needs_a_name_only_and_goes_to_the_end_of_the_backlog(client, backlog_task):
    answer = client.post("/api/tasks", {"name": "New"})
    assert answer.status_code == 201
    body = client.get(answer["Location"]).json()
    assert (body["sprint"], body["status"], body["assigned"]) == (None, 1, None)
    assert body["order"] > backlog_task.order


def test_adding_is_one_change_of_the_client(client, ada, sprint):
    seq = Event.objects.count()
    pk = client.post("/api/tasks", {"name": "New", "sprint": sprint.pk}).json()["id"]
    (event,) = Event.objects.filter(seq__gt=seq)
    assert (event.actor, event.kind, event.task, event.sprint) == (ada, "add", pk, sprint.pk)


def test_a_task_can_be_added_with_everything(client, sprint, guest):
    sent = {
        "name": "New",
        "description": "Why",
        "sprint": sprint.pk,
        "status": 4,
        "order": -5,
        "assigned": "guest",
        "started": "2026-01-02",
        "due": "2026-01-03",
        "completed": "2026-01-04",
    }
    body = client.post("/api/tasks", sent).json()
    assert {name: body[name] for name in sent} == sent


def test_a_task_is_not_added_to_a_sprint_that_is_over(client, past_sprint):
    assert refusal(client.post("/api/tasks", {"name": "Late", "sprint": past_sprint.pk})) == ["sprint"]
    assert not Task.objects.exists()


# fields, one of which is refused
BAD_VALUES = [
    ({"name": ""}, "name"),
    ({"name": "  "}, "name"),
    ({"name": None}, "name"),
    ({"name": "x" * 256}, "name"),
    ({"name": ["x"]}, "name"),
    ({"name": True}, "name"),
    ({"name": "a\0b"}, "name"),
    ({"description": None}, "description"),
    ({"description": "x" * 10_001}, "description"),
    ({"sprint": 999_999_999}, "sprint"),
    ({"sprint": 0}, "sprint"),
    ({"sprint": -1}, "sprint"),
    ({"sprint": 10**30}, "sprint"),
    ({"sprint": 1.5}, "sprint"),
    ({"sprint": True}, "sprint"),
    ({"sprint": "x"}, "sprint"),
    ({"sprint": [1]}, "sprint"),
    ({"status": 0}, "status"),
    ({"status": 5}, "status"),
    ({"status": None}, "status"),
    ({"status": True}, "status"),
    ({"status": "Done"}, "status"),
    ({"status": {"a": 1}}, "status"),
    ({"order": LIMIT + 1}, "order"),
    ({"order": -LIMIT - 1}, "order"),
    ({"order": None}, "order"),
    ({"order": 0.5}, "order"),
    ({"order": [1]}, "order"),
    ({"assigned": "nobody"}, "assigned"),
    ({"assigned": "a\0"}, "assigned"),
    ({"assigned": 5}, "assigned"),
    ({"assigned": True}, "assigned"),
    ({"assigned": ["ada"]}, "assigned"),
    ({"assigned": {"username": "ada"}}, "assigned"),
    ({"due": "tomorrow"}, "due"),
    ({"due": "2026-02-30"}, "due"),
    ({"due": "2026-02-03T10:00:00Z"}, "due"),
    ({"due": 20260203}, "due"),
    ({"due": {}}, "due"),
    ({"due": "0000-01-01"}, "due"),
    ({"started": "2026-01-02"}, "started"),
    ({"completed": "2026-01-02"}, "completed"),
    ({"status": 2}, "status"),
    ({"titel": "x"}, "titel"),
    ({"sprint_id": 1}, "sprint_id"),
]


def test_a_bad_value_is_refused_under_its_field(client):
    for fields, refused in BAD_VALUES:
        answer = client.post("/api/tasks", {"name": "New", **fields})
        assert refused in refusal(answer), fields
    assert not Task.objects.exists()


def test_an_empty_body_lacks_the_name(client):
    assert refusal(client.post("/api/tasks", "", content_type="application/json")) == ["name"]


def test_a_mistyped_name_is_named(client):
    assert refusal(client.post("/api/tasks", {"nmae": "New"})) == ["nmae"]


# Changing


def test_a_put_may_echo_what_is_read_only(client, task):
    body = client.get(url(task)).json()
    answer = client.put(url(task), {**body, "id": 77, "version": 0, "name": "Renamed"})
    assert answer.status_code == 200
    assert {**answer.json(), "version": 0} == {**body, "version": 0, "name": "Renamed"}


def test_a_put_of_what_was_read_changes_nothing(client, task, done_task):
    for row in (task, done_task):
        body = client.get(url(row)).json()
        assert client.put(url(row), body).json() == body


def test_a_drag_of_the_old_client_is_saved(client, task, today):
    body = client.get(url(task)).json()
    drag = {"status": 2, "order": body["order"] - 1, "started": today.isoformat()}
    # Its sprint comes from the address of the page: as a text.
    answer = client.put(url(task), {**body, **drag, "sprint": str(task.sprint_id)})
    assert answer.status_code == 200
    assert {**drag, "sprint": task.sprint_id}.items() <= answer.json().items()


def test_a_drag_of_the_old_client_to_the_backlog_is_saved(client, ada, task):
    actions.change_task(ada, task.pk, status=Status.DONE)
    actions.change_task(ada, task.pk, status=Status.TESTING)
    body = client.get(url(task)).json()
    drag = {"sprint": None, "status": 1, "order": 0, "started": None, "completed": None}
    answer = client.put(url(task), {**body, **drag})
    assert answer.status_code == 200
    assert drag.items() <= answer.json().items()


def test_a_put_without_a_name_is_refused(client, task):
    assert refusal(client.put(url(task), {"status": 2})) == ["name"]


def test_a_patch_changes_what_it_says_only(client, task, guest):
    before = saved(task)
    assert client.patch(url(task), {"assigned": "guest"}).status_code == 200
    after = saved(task)
    assert {name for name in after if after[name] != before[name]} == {"assigned_id", "version"}
    assert after["assigned_id"] == guest.pk


def test_an_empty_patch_changes_nothing(client, task):
    before = saved(task)
    assert client.patch(url(task), {}).status_code == 200
    assert saved(task) == before


def test_a_change_counts_up_the_version(client, task):
    assert client.patch(url(task), {"name": "Renamed"}).json()["version"] > task.version


def test_null_takes_the_task_from_everybody(client, ada, task):
    actions.change_task(ada, task.pk, assigned=ada)
    answer = client.patch(url(task), {"assigned": None})
    assert (answer.json()["assigned"], answer.json()["links"]["assigned"]) == (None, None)


def test_a_patch_of_the_status_brings_its_dates(client, task, today):
    body = client.patch(url(task), {"status": 4}).json()
    assert (body["started"], body["completed"]) == (today.isoformat(), today.isoformat())
    body = client.patch(url(task), {"status": 1}).json()
    assert (body["started"], body["completed"]) == (None, None)


def test_dates_that_are_sent_win_over_those_that_follow(client, task):
    body = client.patch(url(task), {"status": 4, "started": "2026-01-02", "completed": "2026-01-03"}).json()
    assert (body["started"], body["completed"]) == ("2026-01-02", "2026-01-03")


def test_the_order_can_be_set_directly(client, task):
    for order in (LIMIT, -LIMIT, 0):
        assert client.patch(url(task), {"order": order}).json()["order"] == order


def test_after_the_last_order_there_is_room_for_another_task(client, task):
    client.patch(url(task), {"order": LIMIT})
    client.post("/api/tasks", {"name": "Another", "sprint": task.sprint_id})
    names = [row["name"] for row in client.get("/api/tasks?ordering=order").json()["results"]]
    assert names == ["Draw the columns", "Another"]


# Rules, judged on the task as it would be


@pytest.mark.parametrize(
    ("state", "patch", "refused"),
    [
        ({"status": 2}, {"sprint": None}, ["status"]),
        ({"status": 4}, {"sprint": None}, ["sprint"]),
        ({"status": 2}, {"status": 1, "started": "2026-01-02"}, ["started"]),
        ({"status": 4}, {"status": 3, "completed": "2026-01-02"}, ["completed"]),
        ({"status": 1}, {"started": "2026-01-02"}, ["started"]),
        ({"status": 3}, {"completed": "2026-01-02"}, ["completed"]),
        ({"status": 1}, {"name": "Renamed", "completed": "2026-01-02"}, ["completed"]),
    ],
)
def test_a_patch_is_validated_on_the_resulting_task(client, ada, task, state, patch, refused):
    actions.change_task(ada, task.pk, **state)
    before, events = saved(task), Event.objects.count()
    assert refusal(client.patch(url(task), patch)) == refused
    assert (saved(task), Event.objects.count()) == (before, events)


@pytest.mark.parametrize(
    ("state", "patch"),
    [
        ({"status": 2}, {"sprint": None, "status": 1}),
        ({"status": 2}, {"started": "2026-01-02"}),
        ({"status": 2}, {"started": None}),
        ({"status": 4}, {"completed": "2026-01-02"}),
        ({"status": 1}, {"status": 3, "started": "2026-01-02"}),
    ],
)
def test_what_agrees_with_the_rest_of_the_task_is_saved(client, ada, task, state, patch):
    actions.change_task(ada, task.pk, **state)
    answer = client.patch(url(task), patch)
    assert answer.status_code == 200
    assert patch.items() <= answer.json().items()


def test_a_task_in_the_backlog_is_not_started(client, backlog_task):
    assert refusal(client.patch(url(backlog_task), {"status": 2})) == ["status"]


def test_a_task_of_the_backlog_can_enter_a_sprint_and_start_at_once(client, backlog_task, sprint):
    assert client.patch(url(backlog_task), {"sprint": sprint.pk, "status": 2}).status_code == 200


def test_a_completed_task_keeps_its_sprint(client, done_task, next_sprint):
    for patch in ({"sprint": next_sprint.pk}, {"sprint": next_sprint.pk, "status": 1}):
        assert refusal(client.patch(url(done_task), patch)) == ["sprint"]


def test_a_task_does_not_move_to_a_sprint_that_is_over(client, task, past_sprint):
    assert refusal(client.patch(url(task), {"sprint": past_sprint.pk})) == ["sprint"]


def test_a_task_of_a_sprint_that_is_over_can_still_be_changed(client, task, sprint, today):
    type(sprint).objects.filter(pk=sprint.pk).update(end=today - timedelta(days=1))
    body = client.get(url(task)).json()
    assert client.put(url(task), {**body, "status": 4}).status_code == 200


# Deleting


def test_a_task_can_be_deleted(client, ada, task):
    answer = client.delete(url(task))
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(url(task)).status_code == 404
    event = Event.objects.latest("seq")
    assert (event.actor, event.kind, event.task) == (ada, "remove", task.pk)


# The list


@pytest.fixture
def tasks(ada, guest, sprint, today):
    """Four tasks: two in a sprint, two in the backlog."""
    actions.add_task(ada, name="Cedar", order=3, due=today)
    actions.add_task(ada, name="Alder", order=4, description="By the cedar")
    actions.add_task(ada, name="Dogwood", order=2, sprint_id=sprint.pk, status=Status.DONE, assigned=guest)
    actions.add_task(
        ada,
        name="Birch",
        order=1,
        sprint_id=sprint.pk,
        status=Status.ACTIVE,
        assigned=ada,
        started=today - timedelta(days=9),
    )


# query: who comes, in any order where none is asked for
QUERIES = {
    "status=2": "Birch",
    "status=1": "Cedar Alder",
    "assigned=guest": "Dogwood",
    "assigned=guest&assigned=ada": "Birch Dogwood",
    "backlog=true": "Cedar Alder",
    "backlog=True": "Cedar Alder",
    "backlog=false": "Birch Dogwood",
    "status=2&status=4": "Birch Dogwood",
    "status=1&status=2&backlog=false": "Birch",
    "search=": "Alder Birch Cedar Dogwood",
    "backlog=false&status=4": "Dogwood",
    "search=CEDAR": "Alder Cedar",
    "search=cedar alder": "Alder",
    "search=nothing": "",
    "ordering=order": "Birch Dogwood Cedar Alder",
    "ordering=-order": "Alder Cedar Dogwood Birch",
    "ordering=name": "Alder Birch Cedar Dogwood",
    "backlog=false&ordering=started": "Birch Dogwood",
    "backlog=false&ordering=-started": "Dogwood Birch",
    "page_size=2&page=2&ordering=name": "Cedar Dogwood",
}


def test_the_list_filters_searches_and_orders(client, tasks):
    for query, expected in QUERIES.items():
        names = [task["name"] for task in client.get(f"/api/tasks?{query}").json()["results"]]
        arranged = list if "ordering" in query else sorted
        assert (query, arranged(names)) == (query, arranged(expected.split()))


def test_dates_order_the_list_both_ways(client, tasks):
    for ordering in ("started", "-due", "completed,-name"):
        assert client.get(f"/api/tasks?ordering={ordering}").json()["count"] == 4


def test_the_tasks_of_a_sprint_come_column_by_column(client, ada, sprint, next_sprint):
    for name, where, status, order in [
        ("D", sprint, 2, 5),
        ("B", sprint, 1, 9),
        ("C", sprint, 2, 5),
        ("A", sprint, 1, 8),
        ("E", next_sprint, 1, 0),
    ]:
        actions.add_task(ada, name=name, sprint_id=where.pk, status=status, order=order)
    link = client.get(f"/api/sprints/{sprint.pk}").json()["links"]["tasks"]
    assert [task["name"] for task in client.get(link).json()["results"]] == ["A", "B", "D", "C"]


# query, whose parameter is refused
BAD_QUERIES = [
    ("sprint=999999999", "sprint"),
    ("sprint=99999999999999999999999", "sprint"),
    ("sprint=1e400", "sprint"),
    ("sprint=%00", "sprint"),
    ("sprint=x", "sprint"),
    ("status=5", "status"),
    ("status=Done", "status"),
    ("assigned=nobody", "assigned"),
    ("assigned=%00", "assigned"),
    ("backlog=maybe", "backlog"),
    ("backlog=1", "backlog"),
    ("ordering=status", "ordering"),
    ("ordering=assigned__password", "ordering"),
    ("due=2026-01-02", "due"),
    ("assigned__password=x", "assigned__password"),
    ("page_size=x", "page_size"),
    ("search=%00", "search"),
    ("search=" + "a+" * 500, "search"),
    ("ordering=name,order,-name", "ordering"),
    *((f"{name}=", name) for name in ("assigned", "sprint", "status", "backlog", "ordering")),
    *((f"{name}=", name) for name in ("page", "page_size", "paging", "cursor", "format", "colour")),
    ("status=2&status=", "status"),
    ("status=2&status=x", "status"),
    ("sprint=1&sprint=999999999", "sprint"),
    ("assigned=ada&assigned=nobody", "assigned"),
    ("backlog=true&backlog=false", "backlog"),
    ("ordering=name&ordering=due", "ordering"),
    ("search=a&search=b", "search"),
    ("page=1&page=2", "page"),
    ("page_size=1&page_size=2", "page_size"),
    ("paging=pages", "paging"),
    ("paging=cursor&page=2", "page"),
    ("paging=cursor&ordering=name", "ordering"),
]


def test_a_bad_parameter_is_refused_by_name(client, task):
    for query, field in BAD_QUERIES:
        assert (query, refusal(client.get(f"/api/tasks?{query}"))) == (query, [field])


def test_a_search_for_as_many_words_as_may_be_is_made(client, tasks):
    assert client.get(f"/api/tasks?search={'a+' * MAX_SEARCH_WORDS}").status_code == 200


def test_pages_have_25_rows_and_at_most_100(client, ada):
    Task.objects.bulk_create(Task(name=f"{n}", order=n, version=0) for n in range(101))
    body = client.get("/api/tasks").json()
    assert (body["count"], len(body["results"]), body["previous"]) == (101, 25, None)
    assert body["next"] == "http://testserver/api/tasks?page=2"
    for size in ("100", "101", "9" * 30):
        assert len(client.get(f"/api/tasks?page_size={size}").json()["results"]) == 100
    assert client.get(f"/api/tasks?page_size={'9' * 5000}").status_code == 200
    last = client.get("/api/tasks?page=5&ordering=name").json()
    assert (len(last["results"]), last["next"]) == (1, None)
    assert last["previous"] == "http://testserver/api/tasks?ordering=name&page=4"


def test_several_sprints_are_listed_together(client, ada, sprint, next_sprint):
    for name, where in (("A", sprint), ("B", next_sprint)):
        actions.add_task(ada, name=name, sprint_id=where.pk)
    actions.add_task(ada, name="In the backlog")
    body = client.get(f"/api/tasks?sprint={sprint.pk}&sprint={next_sprint.pk}").json()
    assert [task["name"] for task in body["results"]] == ["A", "B"]


def walk(client, url, between=lambda: None):
    """Return the names on all pages, in order; `between()` is called after each page."""
    names = []
    while url:
        body = client.get(url).json()
        names += [task["name"] for task in body["results"]]
        between()
        url = body["next"]
    return names


def test_no_row_is_skipped_by_cursor_while_others_go(client):
    Task.objects.bulk_create(Task(name=f"{n}", order=n, version=0) for n in range(60))

    def remove_two_seen():
        Task.objects.filter(pk__in=Task.objects.order_by("pk").values("pk")[:2]).delete()

    names = walk(client, "/api/tasks?paging=cursor", between=remove_two_seen)
    assert names == [f"{n}" for n in range(60)]


def test_no_row_comes_twice_by_cursor_while_others_come(client):
    Task.objects.bulk_create(Task(name=f"{n}", order=n, version=0) for n in range(6))

    def add_at_the_top():
        Task.objects.create(name="New", order=-1, version=0)

    names = walk(client, "/api/tasks?paging=cursor&page_size=4&backlog=true", between=add_at_the_top)
    assert [name for name in names if name != "New"] == [f"{n}" for n in range(6)]


def test_pages_by_cursor_have_the_shape_of_all_pages_and_lead_back(client):
    Task.objects.bulk_create(Task(name=f"{n}", order=-n, version=0) for n in range(5))
    first = client.get("/api/tasks?paging=cursor&page_size=2")
    assert first.json().keys() == client.get("/api/tasks").json().keys()
    assert (first.json()["count"], first.json()["previous"]) == (5, None)
    second = client.get(first.json()["next"])
    assert [task["name"] for task in second.json()["results"]] == ["2", "3"]
    assert 'rel="next"' in second["Link"]
    back = client.get(second.json()["previous"]).json()
    assert [task["name"] for task in back["results"]] == ["0", "1"]


@pytest.mark.parametrize("cursor", ["x", "cD14", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cD3CsA==", "%00"])
def test_a_cursor_that_nobody_gave_is_no_page(client, tasks, cursor):
    """They say p=x, p=-999…, p=° and nothing."""
    assert error(client.get(f"/api/tasks?cursor={cursor}"), 404)


def test_the_number_of_queries_does_not_grow_with_the_list(client, sprint, django_assert_num_queries):
    for total in (10, 1_000):
        new = range(Task.objects.count(), total)
        people = get_user_model().objects.bulk_create(get_user_model()(username=f"user{n}") for n in new)
        Task.objects.bulk_create(
            Task(name=f"{n}", order=n, version=0, sprint=sprint, assigned=user)
            for n, user in zip(new, people, strict=True)
        )
        with django_assert_num_queries(4):
            assert len(client.get("/api/tasks?page_size=100").json()["results"]) == min(total, 100)


# Bodies


HOSTILE_BODIES = [
    "{",
    "null",
    "true",
    "5",
    '"text"',
    "[]",
    '[{"name": "x"}]',
    "[" * 200_000,
    '{"name": ' + "[" * 200_000,
    '{"name": ' + '{"a": ' * 5_000 + "1" + "}" * 5_001,
    '{"name": "x", "status": ' + "[" * 900 + "]" * 900 + "}",
    '{"name": "x", "order": NaN}',
    '{"name": "x", "order": Infinity}',
    '{"name": "x", "order": 1e400}',
    '{"name": "x", "order": -1e400}',
    '{"name": "x", "sprint": 1e400}',
    '{"name": "x", "status": 1e400}',
    '{"name": "x", "assigned": 1e400}',
    '{"name": "x", "due": 1e400}',
    '{"name": "x", "order": ' + "9" * 5000 + "}",
    '{"name": "x", "order": ' + "9" * 400 + "}",
    r'{"name": "\ud800"}',
    r'{"name": "x", "status": "\ud800"}',
    r'{"name": "x", "assigned": "\ud800"}',
    r'{"name": "x", "\ud800": 1}',
    r'{"name": "x", "\u0000": 1}',
    r'{"name": "x", "assigned": "\u0000"}',
    b'{"name": "\xff"}',
    '{"name": "x"}'.encode("utf-16"),
    b"\0",
]
DOORS = [("post", "application/json"), ("patch", "application/json"), ("put", "text/html")]


@pytest.mark.parametrize(("method", "accept"), DOORS)
def test_a_hostile_body_is_refused_and_changes_nothing(browsable, client, task, method, accept):
    before = saved(task)
    where = "/api/tasks" if method == "post" else url(task)
    # All say the same of a body that is no JSON, or no object: each door gets every third, the first one all.
    for body in HOSTILE_BODIES if method == "post" else HOSTILE_BODIES[DOORS.index((method, accept)) :: 3]:
        answer = getattr(client, method)(where, body, content_type="application/json", headers={"accept": accept})
        assert answer.status_code == 400, body[:40]
        assert (saved(task), Task.objects.count()) == (before, 1)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("text/plain", 415),
        ("application/xml", 415),
        ("application/json; charset=bz2", 400),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=x", 400),
        ("application/x-www-form-urlencoded; charset=nothing", 400),
    ],
)
def test_a_body_of_another_kind_is_refused(client, content_type, status):
    assert client.post("/api/tasks", '{"name": "x"}', content_type=content_type).status_code == status


def test_a_body_of_many_megabytes_is_refused(client):
    body = '{"name": "' + "x" * 10_000_000 + '"}'
    assert client.post("/api/tasks", body, content_type="application/json").status_code == 413
    assert not Task.objects.exists()


def test_points_are_of_the_scale_and_kept_where_a_request_does_not_name_them(client, task):
    url = f"/api/tasks/{task.pk}"
    assert client.patch(url, {"points": 5}).json()["points"] == 5
    assert client.put(url, {"name": "New"}).json()["points"] == 5
    assert client.patch(url, {"points": ""}).json()["points"] is None
    for wrong in (4, -1, "many", 10**9):
        assert refusal(client.patch(url, {"points": wrong})) == ["points"]


def test_tasks_are_filtered_by_points(client, ada):
    for points in (None, 0, 3, 5):
        actions.add_task(ada, name=str(points), points=points)

    def found(query):
        return {row["name"] for row in client.get(f"/api/tasks?{query}").json()["results"]}

    assert found("points=3&points=0") == {"0", "3"}
    assert found("points=none&points=5") == {"None", "5"}
    for wrong in ("many", "-1", "9999", "9" * 5000, "٣"):
        assert refusal(client.get(f"/api/tasks?points={wrong}")) == ["points"]


def test_the_times_that_a_task_was_carried_are_read_only(client, task):
    assert client.patch(f"/api/tasks/{task.pk}", {"carried": 3}).json()["carried"] == 0
