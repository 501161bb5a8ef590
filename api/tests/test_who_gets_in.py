"""What the API asks of names, passwords and roles, by every way to say who one is."""

from base64 import b64encode

import pytest
from rest_framework.test import APIClient

from board.accounts import actions
from board.accounts.users import Role
from board.models import Event

PASSWORD = "a long password"


def basic(username="ada", password=PASSWORD, **more):
    credentials = b64encode(f"{username}:{password}".encode()).decode()
    return {"HTTP_AUTHORIZATION": f"Basic {credentials}", **more}


def token(stranger, username="ada", password=PASSWORD, **more):
    return stranger.post("/api/token/", {"username": username, "password": password}, **more)


@pytest.fixture
def viewer(ada, task):
    actions.set_role(None, ada, Role.VIEWER)
    return ada


def by_session(user):
    client = APIClient()
    client.force_login(user)
    return client


def by_basic(user):
    client = APIClient()
    client.credentials(**basic())
    return client


def by_token(user):
    client = APIClient()
    key = token(APIClient()).json()["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return client


@pytest.mark.parametrize("way", [by_session, by_basic, by_token])
def test_a_viewer_reads_and_changes_nothing(viewer, sprint, task, way):
    client = way(viewer)
    events = Event.objects.count()
    paths = ["/api/sprints", f"/api/sprints/{sprint.pk}", "/api/tasks", f"/api/tasks/{task.pk}", "/api/events"]
    for path in paths:
        assert client.get(path).status_code == 200
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(path, {"name": "x"})
            assert answer.status_code == 403
            assert answer.json()["detail"].startswith("You can view everything here")
    assert Event.objects.count() == events


def test_wrong_passwords_count_alike_by_basic_token_and_page(ada, stranger, client):
    for _ in range(4):
        assert stranger.get("/api/tasks", **basic(password="wrong")).status_code == 401
        assert token(stranger, password="wrong").status_code == 400
    for _ in range(2):
        stranger.post("/login/", {"username": "ada", "password": "wrong"}, format="multipart")
    answers = [stranger.get("/api/tasks", **basic()), token(stranger)]
    for answer in answers:
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 3500
        assert answer.json()["detail"].startswith("Too many attempts.")


def test_a_made_up_forwarded_for_gives_no_new_tries(ada, stranger):
    for number in range(10):
        token(stranger, password="wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert token(stranger, HTTP_X_FORWARDED_FOR="10.0.0.99").status_code == 429


def test_right_passwords_do_not_count(ada, stranger):
    assert all(stranger.get("/api/tasks", **basic()).status_code == 200 for _ in range(25))


@pytest.mark.parametrize("more", [{"REMOTE_ADDR": "192.0.2.1"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
def test_the_demo_gets_in_from_nowhere_else(django_user_model, db, settings, stranger, more):
    settings.ALLOWED_HOSTS = ["localhost"]
    django_user_model.objects.create_user("demo", password="demo")
    here = {"HTTP_HOST": "localhost"}
    more = here | more
    for answer in (
        stranger.get("/api/tasks", **basic("demo", "demo", **more)),
        token(stranger, "demo", "demo", **more),
    ):
        assert answer.status_code == 403
        assert "only log in on the machine that runs Lightboard" in answer.json()["detail"]
    assert stranger.get("/api/tasks", **basic("demo", "demo", **here)).status_code == 200


def test_a_deactivated_user_cannot_log_in_by_any_route(ada, task):
    ways = [by_session(ada), by_basic(ada), by_token(ada)]
    actions.deactivate(None, ada)
    assert [way.get("/api/tasks").status_code for way in ways] == [401, 401, 401]
