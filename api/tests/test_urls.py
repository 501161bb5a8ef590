"""What in an address makes no difference: the slash at its end, and what jQuery adds against caches."""

import re

import pytest
from django.test import Client

from board.models import Task

# New in each answer.
CHANNEL = re.compile(rb'(?<="channel":")[^"]+')
CREDENTIALS = {"username": "ada", "password": "a long password"}


@pytest.mark.parametrize("url", ["/api/token", "/api/token/"])
def test_a_token_is_given_with_and_without_the_slash(stranger, ada, url):
    assert stranger.post(url, CREDENTIALS).json().keys() == {"token"}


def test_a_slash_at_the_end_makes_no_difference(client, ada, task):
    sprint = task.sprint_id
    for url in ("/api", "/api/sprints", f"/api/sprints/{sprint}", "/api/tasks", f"/api/tasks/{task.pk}"):
        answers = [client.get(f"{url}{slash}") for slash in ("", "/")]
        assert [answer.status_code for answer in answers] == [200, 200], url
        one, other = (CHANNEL.sub(b"", answer.content) for answer in answers)
        assert one == other
    for url in ("/api/users/ada/", "/api/events/?since=0", "/api/schema/"):
        assert client.get(url).status_code == 200, url


def test_a_body_is_not_lost_by_a_slash(client, task):
    added = client.post("/api/tasks/", {"name": "New"})
    assert (added.status_code, added.json()["name"]) == (201, "New")
    url = f"/api/tasks/{task.pk}"
    assert client.put(f"{url}/", {"name": "Put"}).json()["name"] == "Put"
    assert client.patch(f"{url}/", {"name": "Patched"}).json()["name"] == "Patched"
    assert client.post(f"{url}/move/", {"status": 2}).json()["status"] == 2
    assert client.delete(f"{url}/").status_code == 204


def test_links_lead_to_the_addresses_without_slash(client, ada):
    for number in range(3):
        client.post("/api/tasks", {"name": f"{number}"})
    assert client.get("/api/tasks/?page_size=2").json()["next"] == "http://testserver/api/tasks?page=2&page_size=2"


def test_a_body_is_not_lost_on_the_way_to_https(stranger, ada, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = stranger.post("/api/token/", CREDENTIALS)
    assert (answer.status_code, answer["Location"]) == (308, "https://testserver/api/token/")


@pytest.mark.parametrize("debug", [True, False])
def test_a_form_of_a_page_is_not_lost_by_a_slash(ada, settings, debug):
    settings.DEBUG = debug
    browser = Client()
    browser.force_login(ada)
    answer = browser.post("/profile/tokens?x=1", {"name": "A program"})
    assert (answer.status_code, answer["Location"]) == (308, "/profile/tokens/?x=1")


@pytest.mark.parametrize(
    "url",
    ["/api/", "/api/tasks", "/api/sprints", "/api/users", "/api/tasks/{pk}", "/api/events", "/api/schema"],
)
def test_what_jquery_adds_against_caches_is_ignored(client, task, url):
    url = url.format(pk=task.pk)
    plain = client.get(url)
    busted = client.get(f"{url}?_=1732650000000")
    assert busted.status_code == 200
    assert CHANNEL.sub(b"", busted.content) == CHANNEL.sub(b"", plain.content)
    assert busted["ETag"] == plain["ETag"]


def test_links_do_not_carry_it_on(client):
    for number in range(3):
        client.post("/api/tasks", {"name": f"{number}"})
    next_page = client.get("/api/tasks?_=17&page_size=2&%5F=18").json()["next"]
    assert next_page == "http://testserver/api/tasks?page=2&page_size=2"


def test_a_change_may_carry_it_too(client):
    assert client.post("/api/tasks?_=17", {"name": "New"}).status_code == 201
    assert Task.objects.count() == 1
