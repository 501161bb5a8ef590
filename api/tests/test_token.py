"""POST /api/token/"""

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from .answers import refusal

CREDENTIALS = {"username": "ada", "password": "a long password"}


@pytest.mark.parametrize("form", ["json", "multipart"])
def test_user_name_and_password_give_a_token(stranger, ada, form):
    answer = stranger.post("/api/token/", CREDENTIALS, format=form)
    assert answer.status_code == 200
    assert answer.json() == {"token": Token.objects.get(user=ada).key}


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


def test_somebody_who_left_gets_none(stranger, ada):
    ada.is_active = False
    ada.save()
    assert stranger.post("/api/token/", CREDENTIALS).status_code == 400


@pytest.mark.parametrize(
    "body", ["", "{", "[" * 200_000, r'{"username": "\ud800", "password": "\ud800"}', b"\xff", "NaN"]
)
def test_a_body_that_cannot_be_read_gives_none(stranger, body):
    answer = stranger.post("/api/token/", body, content_type="application/json")
    assert answer.status_code == 400
