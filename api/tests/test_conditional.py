"""ETag, If-None-Match and If-Match."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from api import conditional
from api.serializers.events import EventSerializer
from api.serializers.sprints import SprintSerializer
from api.serializers.tasks import TaskSerializer
from api.serializers.users import UserSerializer
from api.views import sprints
from board import actions
from board.history import log
from board.models import Sprint, Task

from .responses import error

LISTS = ["/api/tasks", "/api/sprints", "/api/users", "/api/events"]


@pytest.fixture
def guest(db):
    return get_user_model().objects.create_user("guest")


@pytest.fixture
def resources(task, sprint):
    return ["/api/", *LISTS, f"/api/tasks/{task.pk}", f"/api/sprints/{sprint.pk}", "/api/users/ada"]


def asked_again(client, url, etag, **headers):
    return client.get(url, headers={"if-none-match": etag, **headers})


# Reading


def test_everything_has_a_strong_tag_that_does_not_change_by_itself(client, resources):
    for url in resources:
        first, second = client.get(url), client.get(url)
        assert first["ETag"] == second["ETag"]
        assert first["ETag"].startswith('"')
        assert first["Cache-Control"] == "private, no-cache"


def test_all_tags_differ(client, resources):
    queries = ["?page_size=1", "?ordering=name", "?search=x"]
    urls = [*resources, *(f"/api/tasks{query}" for query in queries)]
    tags = {client.get(url)["ETag"] for url in urls}
    assert len(tags) == len(urls)


def test_what_the_client_has_is_not_sent_again(client, resources):
    for header in ["{}", "W/{}", '"other", {}', "*"]:
        for url in resources:
            etag = client.get(url)["ETag"]
            answer = asked_again(client, url, header.format(etag))
            assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)


def test_head_tells_the_tag_too(client, resources):
    for url in resources:
        assert client.head(url)["ETag"] == client.get(url)["ETag"]


@pytest.mark.parametrize(
    ("url", "queries"),
    [("/api/tasks", 1), ("/api/sprints", 1), ("/api/users", 1), ("/api/events", 1), ("/api/users/ada", 1)],
)
def test_what_the_client_has_is_neither_read_nor_rendered(
    client, task, monkeypatch, django_assert_num_queries, url, queries
):
    etag = client.get(url)["ETag"]
    for serializer in (TaskSerializer, SprintSerializer, UserSerializer, EventSerializer):
        monkeypatch.setattr(serializer, "to_representation", None)
    with django_assert_num_queries(queries):
        assert asked_again(client, url, etag).status_code == 304


def test_one_row_that_the_client_has_costs_one_query(client, task, sprint, monkeypatch, django_assert_num_queries):
    for url in (f"/api/tasks/{task.pk}", f"/api/sprints/{sprint.pk}"):
        etag = client.get(url)["ETag"]
        with django_assert_num_queries(1):
            assert asked_again(client, url, etag).status_code == 304


def test_a_change_is_sent(client, ada, task, sprint):
    urls = ["/api/tasks", f"/api/tasks/{task.pk}", "/api/events"]
    tags = {url: client.get(url)["ETag"] for url in urls}
    actions.change_task(ada, task.pk, name="Renamed")
    for url, etag in tags.items():
        answer = asked_again(client, url, etag)
        assert answer.status_code == 200
        assert answer["ETag"] != etag
        assert "Renamed" in answer.content.decode()


def test_another_row_s_change_leaves_a_row_as_it_is(client, ada, task):
    etag = client.get(f"/api/tasks/{task.pk}")["ETag"]
    actions.add_task(ada, name="Another")
    assert asked_again(client, f"/api/tasks/{task.pk}", etag).status_code == 304


def test_a_person_s_new_name_is_sent_wherever_it_shows(client, ada, guest, sprint):
    task = actions.add_task(ada, name="Draw", assigned=guest)
    urls = ["/api/tasks", f"/api/tasks/{task.pk}", "/api/users"]
    tags = {url: client.get(url)["ETag"] for url in urls}
    guest.username = "host"
    guest.save()
    for url, etag in tags.items():
        answer = asked_again(client, url, etag)
        assert answer.status_code == 200
        assert "host" in answer.content.decode()


def test_a_deactivated_user_has_another_etag(client, guest):
    urls = ["/api/users/guest", "/api/users"]
    tags = {url: client.get(url)["ETag"] for url in urls}
    guest.is_active = False
    guest.save()
    assert [asked_again(client, url, etag).status_code for url, etag in tags.items()] == [200, 200]


def test_a_list_is_sent_anew_after_a_user_was_deleted(client, guest):
    tag = client.get("/api/users")["ETag"]
    guest.delete()
    assert client.get("/api/users", headers={"if-none-match": tag}).status_code == 200


def test_the_links_of_another_host_or_scheme_are_sent(client, task, resources):
    for url in resources:
        etag = client.get(url)["ETag"]
        assert asked_again(client, url, etag, host="localhost").status_code == 200
        assert client.get(url, headers={"if-none-match": etag}, secure=True).status_code == 200


def test_another_person_gets_channels_of_their_own(client, guest, sprint):
    other = APIClient()
    other.force_authenticate(guest)
    for url in ("/api/sprints", f"/api/sprints/{sprint.pk}"):
        assert asked_again(other, url, client.get(url)["ETag"]).status_code == 200


def test_a_channel_is_sent_anew_while_the_old_one_is_good_for_a_quarter_of_an_hour(client, sprint, monkeypatch):
    monkeypatch.setattr(sprints.time, "time", lambda: 0.0)
    url = f"/api/sprints/{sprint.pk}"
    etag = client.get(url)["ETag"]
    monkeypatch.setattr(sprints.time, "time", lambda: 14 * 60.0)
    assert asked_again(client, url, etag).status_code == 304
    monkeypatch.setattr(sprints.time, "time", lambda: 15 * 60.0)
    assert asked_again(client, url, etag).status_code == 200


def test_another_build_sends_everything_anew(client, resources, monkeypatch):
    tags = {url: client.get(url)["ETag"] for url in resources}
    monkeypatch.setattr(conditional, "BUILD", b"other")
    assert [asked_again(client, url, etag).status_code for url, etag in tags.items()] == [200] * len(tags)


def test_a_header_that_means_nothing_is_no_match(client, task):
    for header in ["", "x", '"', "\0", "W/", ",,,", '"1', "é", "*" * 9000]:
        assert asked_again(client, f"/api/tasks/{task.pk}", header).status_code == 200


def test_a_list_that_cannot_be_asked_for_has_no_tag(client, sprint):
    for url in ("/api/tasks?page=9", "/api/tasks?nmae=x", "/api/tasks/999999999", "/api/events?since=x"):
        answer = client.get(url)
        assert answer.status_code in (400, 404)
        assert "ETag" not in answer


# Writing


CHANGES = ["put", "patch", "move", "delete"]


def change(client, task, how, etag):
    """Return the answer to a change of a task that must match `etag`."""
    url, headers = f"/api/tasks/{task.pk}", {"if-match": etag}
    match how:
        case "put":
            return client.put(url, {"name": "Put"}, headers=headers)
        case "patch":
            return client.patch(url, {"name": "Patched"}, headers=headers)
        case "move":
            return client.post(f"{url}/move", {"status": 2}, headers=headers)
        case "delete":
            return client.delete(url, headers=headers)


def test_a_change_for_an_older_version_is_refused_and_changes_nothing(client, ada, task):
    etag = client.get(f"/api/tasks/{task.pk}")["ETag"]
    newest = actions.change_task(ada, task.pk, name="Renamed").version
    for how in CHANGES:
        assert f"version {newest}" in error(change(client, task, how, etag), 412)["detail"]
    assert log.newest_number() == newest


def test_a_change_for_the_version_that_is_there_is_made(client, task):
    etag = client.get(f"/api/tasks/{task.pk}")["ETag"]
    for how in CHANGES:
        answer = change(client, task, how, etag)
        assert answer.status_code in (200, 204), how
        etag = answer.get("ETag")
    assert not Task.objects.exists()


def test_the_tag_that_a_change_gives_is_the_one_that_reading_gives(client, sprint, today):
    added = client.post("/api/tasks", {"name": "New", "sprint": sprint.pk})
    url = added["Location"]
    assert added["ETag"] == client.get(url)["ETag"]
    assert client.patch(url, {"name": "Patched"})["ETag"] == client.get(url)["ETag"]
    assert client.put(url, {"name": "Put"})["ETag"] == client.get(url)["ETag"]
    assert client.post(f"{url}/move", {"status": 2})["ETag"] == client.get(url)["ETag"]
    added = client.post("/api/sprints", {"end": today.isoformat()})
    assert added["ETag"] == client.get(added["Location"])["ETag"]


# header, status
MATCHES = [
    ('"{version}"', 200),
    ('"{version}.abc"', 200),
    ('"0", "{version}.abc"', 200),
    ("*", 200),
    (" * ", 200),
    ('W/"{version}"', 412),
    ('"0"', 412),
    ('"0", "1"', 412),
    ('"{version}0"', 412),
    ('"x"', 412),
    ("", 412),
    ("junk", 412),
    ('"99999999999999999999999"', 412),
    ('"²"', 412),
]


def test_only_a_strong_tag_of_the_version_matches(client, task):
    assert task.version == 2
    for header, status in MATCHES:
        headers = {"if-match": header.format(version=task.version)}
        # Nothing changes, so the version stays.
        answer = client.patch(f"/api/tasks/{task.pk}", {"name": task.name}, headers=headers)
        assert (header, answer.status_code) == (header, status)


def test_a_tag_of_another_representation_matches_since_the_row_is_the_same(client, sprint):
    """A sprint's tag is each person's own and changes with its channel; what was read is the version."""
    url = f"/api/sprints/{sprint.pk}"
    etag = client.get(url, headers={"host": "localhost"})["ETag"]
    assert etag != client.get(url)["ETag"]
    assert client.patch(url, {"name": "Patched"}, headers={"if-match": etag}).status_code == 200


def test_a_sprint_that_changed_is_neither_changed_nor_deleted(client, ada, sprint):
    url = f"/api/sprints/{sprint.pk}"
    headers = {"if-match": client.get(url)["ETag"]}
    actions.change_sprint(ada, sprint.pk, end=sprint.end + timedelta(days=1))
    for answer in (
        client.put(url, {"end": sprint.end.isoformat()}, headers=headers),
        client.patch(url, {"name": "Patched"}, headers=headers),
        client.delete(url, headers=headers),
    ):
        error(answer, 412)
    assert Sprint.objects.get().name == sprint.name


def test_what_is_not_there_is_not_found_whatever_should_match(client, db):
    for header in ("*", '"1"', '"1", "2"'):
        assert client.delete("/api/tasks/1", headers={"if-match": header}).status_code == 404


def test_a_change_that_comes_between_is_seen_under_the_lock(client, ada, task, monkeypatch):
    etag = client.get(f"/api/tasks/{task.pk}")["ETag"]
    expected = conditional.expected_version

    def and_meanwhile(request, row):
        version = expected(request, row)
        actions.change_task(ada, task.pk, name="Renamed meanwhile")
        return version

    monkeypatch.setattr(conditional, "expected_version", and_meanwhile)
    answer = client.patch(f"/api/tasks/{task.pk}", {"name": "Patched"}, headers={"if-match": etag})
    assert answer.status_code == 412
    assert Task.objects.get().name == "Renamed meanwhile"
