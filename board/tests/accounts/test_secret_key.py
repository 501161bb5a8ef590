"""Rotation of SECRET_KEY: signatures of the old key are valid while it is a fallback."""

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from board.accounts import actions, devices, links
from board.live.middleware import session_user
from board.models import LoginThrottle

pytestmark = pytest.mark.django_db
PASSWORD = "four ferries leave today"
NEW = "another key, which is as long and as random as the one before it was, to be sure"


@pytest.fixture(params=[True, False], ids=["fallback", "removed"])
def is_fallback(request):
    return request.param


@pytest.fixture
def rotate(settings, monkeypatch, is_fallback):
    """Replace the secret key, keep the old one as a fallback if wanted, and clear caches."""

    def rotate():
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if is_fallback else []
        settings.SECRET_KEY = NEW
        for module, name in ((links, "_signer"), (devices, "_device_signer")):
            before = getattr(module, name)
            monkeypatch.setattr(module, name, type(before)(salt=before.salt))

    return rotate


def test_sessions_survive_a_new_key_and_the_removal_of_the_old_one(browser, user, rotate, is_fallback, settings):
    rotate()
    assert (browser.get("/").status_code == 200) is is_fallback
    if is_fallback:
        # The first request signed the session with the new key.
        settings.SECRET_KEY_FALLBACKS = []
        assert browser.get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_open_board_stays_open(browser, user, rotate, is_fallback):
    rotate()
    found = async_to_sync(session_user)(browser.session)
    assert found == (user if is_fallback else None)


def test_an_invitation_survives_a_new_key(client, db, rotate, is_fallback):
    token = actions.new_link(None, actions.invite(None, "cleo"))[0]
    rotate()
    assert client.get(f"/welcome/{token}/").status_code == (200 if is_fallback else 410)


def test_a_known_device_survives_a_new_key(user, rotate, is_fallback):
    user.set_password(PASSWORD)
    user.save()
    own, right = Client(), {"username": "ana", "password": PASSWORD}
    own.post("/login/", right)
    own.post("/logout/")
    rotate()
    for _ in range(10):
        Client().post("/login/", right | {"password": "wrong"})
    assert LoginThrottle.objects.count() == 2
    assert own.post("/login/", right).status_code == (302 if is_fallback else 429)
