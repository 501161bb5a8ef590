"""POST /api/token/"""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from api.models import MAX_LOG_IN_TOKENS, Token, hash_key

from .responses import error, refusal

CREDENTIALS = {"username": "ada", "password": "a long password"}


@pytest.mark.parametrize("form", ["json", "multipart"])
def test_user_name_and_password_give_a_token(stranger, ada, form):
    answer = stranger.post("/api/token/", CREDENTIALS, format=form)
    assert answer.status_code == 200
    assert list(answer.json()) == ["token"]
    token = Token.objects.get_by_key(answer.json()["token"])
    assert (token.owner, token.may_write, token.expires_at) == (ada, True, None)


def test_repeated_log_ins_keep_the_tokens_used_last(stranger, ada):
    keys = [stranger.post("/api/token/", CREDENTIALS).json()["token"] for _ in range(MAX_LOG_IN_TOKENS)]
    assert stranger.get("/api/users", headers={"authorization": f"Token {keys[0]}"}).status_code == 200
    keys.append(stranger.post("/api/token/", CREDENTIALS).json()["token"])
    lasting = [key for key in keys if Token.objects.filter(digest=hash_key(key))]
    assert lasting == [keys[0], *keys[2:]]


def test_logging_in_drops_no_token_that_a_person_made(stranger, ada):
    made = Token(owner=ada, name="A program", created_at=timezone.now() - timedelta(days=400))
    made.issue()
    for _ in range(MAX_LOG_IN_TOKENS + 1):
        stranger.post("/api/token/", CREDENTIALS)
    assert Token.objects.filter(pk=made.pk).exists()


def test_the_form_of_the_old_client_gives_a_token(stranger, ada):
    answer = stranger.post(
        "/api/token/",
        "username=ada&password=a+long+password",
        content_type="application/x-www-form-urlencoded; charset=UTF-8",
    )
    assert answer.status_code == 200


def test_a_browser_that_is_logged_in_to_the_board_needs_no_csrf_token(ada):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(ada)
    assert browser.post("/api/token/", CREDENTIALS).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"username": "ada", "password": "wrong"}, {"non_field_errors"}),
        ({"username": "nobody", "password": "wrong"}, {"non_field_errors"}),
        ({"username": "ada"}, {"password"}),
        ({}, {"username", "password"}),
        ({"username": ["ada"], "password": {}}, {"username", "password"}),
        ({"username": "a\0", "password": "\0"}, {"username", "password"}),
        (["ada"], {"non_field_errors"}),
    ],
)
def test_anything_else_gives_none_and_says_why(stranger, ada, body, fields):
    answer = stranger.post("/api/token/", body)
    assert set(refusal(answer)) == fields


def test_a_wrong_password_is_refused_in_the_words_that_clients_know(stranger, ada):
    answer = stranger.post("/api/token/", {"username": "ada", "password": "wrong"})
    assert error(answer, 400) == {"non_field_errors": ["Unable to log in with provided credentials."]}


def test_a_deactivated_user_gets_none(stranger, ada):
    ada.is_active = False
    ada.save()
    assert stranger.post("/api/token/", CREDENTIALS).status_code == 400


@pytest.mark.parametrize(
    "body", ["", "{", "[" * 200_000, r'{"username": "\ud800", "password": "\ud800"}', b"\xff", "NaN"]
)
def test_a_body_that_cannot_be_read_gives_none(stranger, body):
    answer = stranger.post("/api/token/", body, content_type="application/json")
    assert answer.status_code == 400
