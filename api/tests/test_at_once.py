"""Requests that come at the same time, on both databases; one process makes them all."""

import json

import pytest

from board.tests.races import new_database, printed_by

ASK = """
import json
from datetime import timedelta
from django.conf import settings
from django.test import Client
from django.utils import timezone
from api.models import Token
from board import actions
from board.models import Task

settings.ALLOWED_HOSTS = ["testserver"]

def answers(ask):
    "Ask eight times at once."
    given = []
    race(lambda _: given.append(ask()), range(8))
    return given

def whole(answer):
    names = ("Location", "ETag", "Content-Type", "Cache-Control")
    return [answer.status_code, answer.text, [answer.get(name) for name in names]]

ada = User.objects.create_user("ada")
key = Token(owner=ada, name="A program", scope="write").issue()
headers = {"authorization": f"Token {key}", "idempotency-key": "8e03978e"}
by_api = answers(
    lambda: Client().post("/api/tasks", {"name": "By API"}, content_type="application/json", headers=headers)
)

sprint = actions.add_sprint(ada, name="Sprint", end=timezone.localdate() + timedelta(days=7))
form = {"name": "By form", "status": 1, "key": "of-the-form"}

browser = Client()
browser.force_login(ada)

def send_form():
    other = Client()
    other.cookies = browser.cookies
    return other.post(f"/sprints/{sprint.pk}/tasks/add/", form)

by_form = answers(send_form)

for round in range(5):
    bob = User.objects.create_user(f"bob{round}")
    Token.objects.bulk_create(Token(owner=bob, name="Old", digest=f"{round}.{n}") for n in range(49))
    race(lambda owner: Token(owner=owner, name="A program").issue(), [bob] * 5)

print(json.dumps({
    "by API": [whole(answer) for answer in by_api],
    "by form": [[answer.status_code, answer.get("Location")] for answer in by_form],
    "sprint": sprint.pk,
    "tasks": sorted(Task.objects.values_list("name", flat=True)),
    "tokens": Token.objects.filter(owner__username__startswith="bob").count(),
}))
"""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def outcome(request, tmp_path_factory):
    """What came of asking, and what is in the database then."""
    return json.loads(printed_by(ASK, new_database(request.param, request, tmp_path_factory.mktemp("race"))))


pytestmark = pytest.mark.slow


def test_eight_posts_with_one_key_add_one_task_and_get_the_same_answer(outcome):
    assert len(outcome["by API"]) == 8
    assert outcome["by API"][0][0] == 201
    assert all(answer == outcome["by API"][0] for answer in outcome["by API"])
    assert outcome["tasks"].count("By API") == 1


def test_a_form_that_is_sent_eight_times_adds_one_task(outcome):
    assert outcome["by form"] == [[302, f"/sprints/{outcome['sprint']}/"]] * 8
    assert outcome["tasks"].count("By form") == 1


def test_requests_for_tokens_make_no_more_than_fifty_each(outcome):
    assert outcome["tokens"] == 250
