"""Searching and ordering tasks and sprints by name: by the table that the board's filter keeps to as well."""

import json
from datetime import timedelta

import pytest

from board import actions
from board.tests.search_table import TABLE


@pytest.mark.parametrize(("words", "name"), TABLE["finds"])
def test_a_search_finds_what_is_written_otherwise(client, ada, today, words, name):
    actions.add_task(ada, name=name)
    actions.add_task(ada, name="Another", description=f"In two lines:\n{name}")
    actions.add_task(ada, name="Another")
    actions.add_sprint(ada, name=name, end=today + timedelta(days=1))
    assert client.get("/api/tasks", {"search": words}).json()["count"] == 2
    assert client.get("/api/sprints", {"search": words}).json()["count"] == 1


@pytest.mark.parametrize(("words", "name"), [*map(tuple, TABLE["misses"]), ("%", "x"), ("_", "x"), ("\\", "x")])
def test_a_search_finds_no_other_words(client, ada, words, name):
    actions.add_task(ada, name=name)
    assert client.get("/api/tasks", {"search": words}).json()["count"] == 0


def test_words_may_stand_in_the_name_and_in_the_description_but_not_in_both(client, ada):
    actions.add_task(ada, name="Draw", description="columns")
    assert client.get("/api/tasks", {"search": "COLUMNS draw"}).json()["count"] == 1
    assert client.get("/api/tasks", {"search": '"draw columns"'}).json()["count"] == 0


def test_a_name_is_found_by_as_it_was_changed(client, task):
    client.patch(f"/api/tasks/{task.pk}", {"name": "ÄRGER"})
    assert client.get("/api/tasks", {"search": "arger"}).json()["count"] == 1
    assert client.get("/api/tasks", {"search": "draw"}).json()["count"] == 0


@pytest.mark.parametrize("collection", ["tasks", "sprints"])
def test_names_are_ordered_as_people_do(client, today, collection):
    for number, name in enumerate(reversed(TABLE["sorted"])):
        body = {"name": name} if collection == "tasks" else {"name": name, "end": today + timedelta(days=number)}
        answer = client.post(f"/api/{collection}", json.loads(json.dumps(body, default=str)))
        assert answer.status_code == 201
    for ordering, expected in (("name", TABLE["sorted"]), ("-name", TABLE["sorted"][::-1])):
        rows = client.get(f"/api/{collection}", {"ordering": ordering}).json()["results"]
        assert [row["name"] for row in rows] == expected


def test_names_that_are_equal_come_in_order_of_their_ids(client):
    ids = [client.post("/api/tasks", {"name": "Same"}).json()["id"] for _ in range(3)]
    rows = client.get("/api/tasks?ordering=name").json()["results"]
    assert [row["id"] for row in rows] == ids
