"""A new password, and signing out everywhere else, revoke the tokens of a person who wishes that."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from api.models import Token
from board.accounts import links

LABEL = "Also revoke my API tokens"
NEW = "four ferries leave today"


@pytest.fixture(params=["sign out", "change password", "link"])
def door(request, ada):
    """Return (browser, address of the page, address of its form, what is filled in) of a way to end log-ins."""
    browser = Client()
    passwords = {"new_password1": NEW, "new_password2": NEW}
    if request.param == "link":
        page = reverse("welcome", args=[links.link_for(ada, links.MAILED_LINK_LASTS)])
        return browser, page, page, passwords
    browser.force_login(ada)
    if request.param == "sign out":
        return browser, "/profile/", "/profile/sign-out/", {}
    return browser, "/profile/password/", "/profile/password/", {"old_password": "a long password", **passwords}


def test_it_revokes_all_tokens_of_the_person_alone(door, issue, django_user_model, caplog):
    browser, page, url, data = door
    issue(), issue()
    issue(owner=django_user_model.objects.create_user("bob"))
    assert LABEL in browser.get(page).content.decode()
    with caplog.at_level(logging.INFO):
        assert browser.post(url, {**data, "revoke_tokens": "on"}).status_code == 302
    assert [token.owner.username for token in Token.objects.valid()] == ["bob"]
    assert "'ada' revoked all tokens: 2" in caplog.text


def test_tokens_stay_when_nobody_wishes_that(door, issue):
    browser, _page, url, data = door
    issue()
    assert browser.post(url, data).status_code == 302
    assert Token.objects.valid().exists()


def test_nothing_is_offered_without_tokens(door, issue):
    browser, page, url, data = door
    issue()
    Token.objects.get().revoke()
    assert LABEL not in browser.get(page).content.decode()
    assert browser.post(url, data).status_code == 302
