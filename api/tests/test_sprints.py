"""/api/sprints and /api/sprints/<id>"""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from api.socket_tokens import Holder, read_channel
from board import actions
from board.models import Event, Sprint

from .responses import error, refusal


@pytest.fixture
def sprints(ada, today):
    """Three sprints that end one, two and three weeks from now."""
    return [
        actions.add_sprint(ada, name=name, end=today + timedelta(weeks=weeks))
        for weeks, name in enumerate(("Cedar", "Alder", "Birch"), start=1)
    ]


# One sprint


def test_a_sprint_has_the_fields_of_the_contract(client, sprint):
    body = client.get(f"/api/sprints/{sprint.pk}").json()
    channel = body["links"].pop("channel")
    assert body == {
        "id": sprint.pk,
        "name": "Walking skeleton",
        "goal": "",
        "description": "",
        "start": None,
        "end": sprint.end.isoformat(),
        "state": "planned",
        "started_at": None,
        "closed_at": None,
        "version": sprint.version,
        "links": {
            "self": f"http://testserver/api/sprints/{sprint.pk}",
            "tasks": f"http://testserver/api/tasks?sprint={sprint.pk}",
        },
    }
    assert channel.startswith("ws://testserver/socket?channel=")


def test_the_channel_belongs_to_the_client_and_the_sprint(client, ada, sprint):
    links = client.get(f"/api/sprints/{sprint.pk}").json()["links"]
    (name,) = parse_qs(urlsplit(links["channel"]).query)["channel"]
    assert read_channel(name) == (Holder(ada.pk, ada.get_session_auth_hash()), sprint.pk)


def test_the_channel_of_a_log_in_stands_and_falls_with_it(ada, sprint):
    browser = Client()
    browser.force_login(ada)
    links = browser.get(f"/api/sprints/{sprint.pk}").json()["links"]
    (name,) = parse_qs(urlsplit(links["channel"]).query)["channel"]
    holder, _ = read_channel(name)
    key = browser.session.session_key
    assert (holder.user_id, holder.session_key()) == (ada.pk, key)
    assert key not in name
    browser.logout()
    assert holder.session_key() is None


def test_over_https_the_channel_is_secure_too(client, sprint):
    links = client.get(f"/api/sprints/{sprint.pk}", secure=True).json()["links"]
    assert links["self"].startswith("https://")
    assert links["channel"].startswith("wss://testserver/socket?")


# pk
UNKNOWN = ["0", "999999999", "99999999999999999999999", "9" * 5000, "-1", "1.0", "x", "%00"]


def test_an_unknown_sprint_is_not_found(client, today):
    for pk in UNKNOWN:
        url, body = f"/api/sprints/{pk}", {"end": today.isoformat()}
        answers = client.get(url), client.put(url, body), client.patch(url, body), client.delete(url)
        assert [answer.status_code for answer in answers] == [404] * 4


# Adding


def test_a_sprint_needs_an_end_only(client, today):
    answer = client.post("/api/sprints", {"end": today.isoformat()})
    assert answer.status_code == 201
    assert answer["Location"] == answer.json()["links"]["self"]
    assert client.get(answer["Location"]).json()["end"] == today.isoformat()


def test_adding_is_one_change_of_the_client(client, ada, today):
    pk = client.post("/api/sprints", {"name": "New", "end": today.isoformat()}).json()["id"]
    event = Event.objects.get()
    assert (event.actor, event.kind, event.sprint, event.task) == (ada, "add", pk, None)


# body, field
BAD_VALUES = [
    ({"name": "No end"}, "end"),
    ({"end": None}, "end"),
    ({"end": ""}, "end"),
    ({"end": "14.12.2030"}, "end"),
    ({"end": "2030-02-30"}, "end"),
    ({"end": 20301214}, "end"),
    ({"end": ["2030-12-14"]}, "end"),
    ({"end": "2001-01-01"}, "end"),
    ({"end": "2030-12-14", "name": "x" * 256}, "name"),
    ({"end": "2030-12-14", "name": None}, "name"),
    ({"end": "2030-12-14", "name": {}}, "name"),
    ({"end": "2030-12-14", "name": "a\0b"}, "name"),
    ({"end": "2030-12-14", "description": "x" * 10_001}, "description"),
    ({"end": "2030-12-14", "ends": "2030-12-14"}, "ends"),
]


def test_a_bad_value_is_refused_under_its_field(client):
    for body, field in BAD_VALUES:
        answer = client.post("/api/sprints", body)
        assert refusal(answer) == [field]
        assert not Sprint.objects.exists()


def test_two_sprints_do_not_end_on_one_day(client, sprint):
    answer = client.post("/api/sprints", {"end": sprint.end.isoformat()})
    assert error(answer, 400) == {"end": ["Another sprint ends on that day."]}


# Changing


def test_a_put_may_echo_what_is_read_only(client, sprint):
    body = client.get(f"/api/sprints/{sprint.pk}").json()
    answer = client.put(f"/api/sprints/{sprint.pk}", {**body, "id": 77, "name": "Renamed"})
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["name"]) == (sprint.pk, "Renamed")


def test_a_put_without_an_end_is_refused(client, sprint):
    answer = client.put(f"/api/sprints/{sprint.pk}", {"name": "Renamed"})
    assert refusal(answer) == ["end"]


def test_a_patch_changes_what_it_says_only(client, sprint):
    answer = client.patch(f"/api/sprints/{sprint.pk}", {"description": "Why"})
    assert answer.status_code == 200
    sprint.refresh_from_db()
    assert (sprint.name, sprint.description) == ("Walking skeleton", "Why")


def test_an_end_does_not_move_into_the_past(client, sprint, today):
    yesterday = (today - timedelta(days=1)).isoformat()
    answer = client.patch(f"/api/sprints/{sprint.pk}", {"name": "Half", "end": yesterday})
    assert refusal(answer) == ["end"]
    sprint.refresh_from_db()
    assert sprint.name == "Walking skeleton"


def test_a_sprint_that_is_over_can_be_renamed_with_its_end_echoed(client, past_sprint):
    body = client.get(f"/api/sprints/{past_sprint.pk}").json()
    answer = client.put(f"/api/sprints/{past_sprint.pk}", {**body, "name": "Done"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Done")


def test_an_unknown_field_is_refused_by_name(client, sprint):
    answer = client.patch(f"/api/sprints/{sprint.pk}", {"titel": "x", "name": "y"})
    assert refusal(answer) == ["titel"]


# Deleting


def test_an_empty_sprint_can_be_deleted(client, sprint):
    answer = client.delete(f"/api/sprints/{sprint.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(f"/api/sprints/{sprint.pk}").status_code == 404


def test_a_sprint_with_tasks_is_kept(client, sprint, task):
    answer = client.delete(f"/api/sprints/{sprint.pk}")
    assert refusal(answer) == ["tasks"]
    assert Sprint.objects.filter(pk=sprint.pk).exists()


# The list


# query, expected
QUERIES = [
    ({}, ["Cedar", "Alder", "Birch"]),
    ({"ordering": "end"}, ["Cedar", "Alder", "Birch"]),
    ({"ordering": "-end"}, ["Birch", "Alder", "Cedar"]),
    ({"ordering": "name"}, ["Alder", "Birch", "Cedar"]),
    ({"ordering": "-name,end"}, ["Cedar", "Birch", "Alder"]),
    ({"search": "ER"}, ["Alder"]),
    ({"search": "r der"}, ["Alder"]),
    ({"end_min": 2}, ["Alder", "Birch"]),
    ({"end_max": 2}, ["Cedar", "Alder"]),
    ({"end_min": 2, "end_max": 2}, ["Alder"]),
    ({"page_size": 2}, ["Cedar", "Alder"]),
    ({"page_size": 2, "page": 2}, ["Birch"]),
    ({"format": "json", "page": "last"}, ["Cedar", "Alder", "Birch"]),
]


def test_the_list_filters_searches_and_orders(client, sprints, today):
    for query, expected in QUERIES:
        query = {
            name: (today + timedelta(weeks=value)).isoformat() if name in ("end_min", "end_max") else value
            for name, value in query.items()
        }
        assert [sprint["name"] for sprint in client.get("/api/sprints", query).json()["results"]] == expected


def test_equal_sprints_come_in_order_of_their_ids(client, sprints, django_assert_num_queries):
    for query in ["", "ordering=name", "ordering=-end"]:
        with django_assert_num_queries(3) as queries:
            client.get(f"/api/sprints?{query}")
        _, order = queries.captured_queries[-1]["sql"].split("ORDER BY")
        assert '"board_sprint"."id" ASC' in order


# query, field
BAD_QUERIES = [
    ("end_min=tomorrow", "end_min"),
    ("end_max=2030-02-30", "end_max"),
    ("end_max=12/14/2030", "end_max"),
    ("end_min=", "end_min"),
    ("end_max=", "end_max"),
    ("end_min=2030-01-01&end_min=2030-01-02", "end_min"),
    ("ordering=description", "ordering"),
    ("ordering=end,--name", "ordering"),
    ("ordering=,", "ordering"),
    ("end=2030-12-14", "end"),
    ("nmae=x", "nmae"),
    ("page_size=0", "page_size"),
    ("page_size=many", "page_size"),
    ("page_size=-1", "page_size"),
    ("page_size=%00", "page_size"),
]


def test_a_bad_parameter_is_refused_by_name(client, sprints):
    for query, field in BAD_QUERIES:
        answer = client.get(f"/api/sprints?{query}")
        assert refusal(answer) == [field]


def test_a_refused_ordering_is_named(client):
    assert "“colour”" in client.get("/api/sprints?ordering=name,colour").json()["ordering"][0]


def test_a_page_that_does_not_exist_is_not_found(client, sprints):
    for page in ["0", "-1", "2", "9" * 30, "9" * 5000, "x", "%00"]:
        assert client.get(f"/api/sprints?page={page}").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_list(client, today, django_assert_num_queries):
    for total in (10, 1_000):
        first = Sprint.objects.count()
        Sprint.objects.bulk_create(
            Sprint(end=today + timedelta(days=days), version=0) for days in range(first, total)
        )
        with django_assert_num_queries(3):
            assert len(client.get("/api/sprints?page_size=100").json()["results"]) == min(total, 100)


def test_sprints_are_filtered_by_their_state(client, ada, sprint, today):
    running = actions.add_sprint(ada, start=today, end=today + timedelta(days=1))
    over = actions.start_sprint(ada, actions.add_sprint(ada, end=today + timedelta(days=2)).pk)
    actions.close_sprint(ada, over.pk, outcome="met")

    def found(query):
        return {row["id"] for row in client.get(f"/api/sprints?{query}").json()["results"]}

    assert found("state=planned") == {sprint.pk}
    assert found("state=running&state=closed") == {running.pk, over.pk}
    assert refusal(client.get("/api/sprints?state=over")) == ["state"]


def test_the_goal_and_the_start_are_kept_where_a_request_does_not_name_them(client, sprint, today):
    url = f"/api/sprints/{sprint.pk}"
    body = client.patch(url, {"goal": "Cards can be\ndragged", "start": today.isoformat()}).json()
    assert (body["goal"], body["start"], body["state"]) == ("Cards can be dragged", today.isoformat(), "running")
    body = client.put(url, {"name": "New", "end": sprint.end.isoformat()}).json()
    assert (body["name"], body["goal"], body["start"]) == ("New", "Cards can be dragged", today.isoformat())
    assert client.patch(url, {"start": ""}).json()["start"] is None
    assert refusal(client.patch(url, {"goal": "x" * 201})) == ["goal"]


def test_what_follows_from_the_log_is_accepted_and_ignored(client, sprint):
    sent = {"state": "closed", "started_at": "2027-01-01T00:00:00Z", "closed_at": "2027-01-01T00:00:00Z"}
    body = client.patch(f"/api/sprints/{sprint.pk}", sent).json()
    assert [body[name] for name in sent] == ["planned", None, None]
