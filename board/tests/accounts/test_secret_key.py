"""A new SECRET_KEY: what the old one signed holds as long as it is among the fallbacks, and no longer."""

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from board.accounts import actions, devices, links
from board.live.middleware import session_user
from board.models import LoginThrottle

pytestmark = pytest.mark.django_db
PASSWORD = "four ferries leave today"
NEW = "another key, which is as long and as random as the one before it was, to be sure"


@pytest.fixture(params=[True, False], ids=["kept", "dropped"])
def is_kept(request):
    return request.param


@pytest.fixture
def rotate(settings, monkeypatch, is_kept):
    """Put a new key in the place of the one that there is, which may still count, and start anew."""

    def rotate():
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if is_kept else []
        settings.SECRET_KEY = NEW
        for module, name in ((links, "_signer"), (devices, "_device_signer")):
            before = getattr(module, name)
            monkeypatch.setattr(module, name, type(before)(salt=before.salt))

    return rotate


def test_who_is_logged_in_stays_so_also_after_the_old_key_is_gone(browser, user, rotate, is_kept, settings):
    rotate()
    assert (browser.get("/").status_code == 200) is is_kept
    if is_kept:
        # That first request signed the session anew.
        settings.SECRET_KEY_FALLBACKS = []
        assert browser.get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_open_board_stays_open(browser, user, rotate, is_kept):
    rotate()
    found = async_to_sync(session_user)(browser.session)
    assert found == (user if is_kept else None)


def test_an_invitation_goes_on(client, db, rotate, is_kept):
    token = actions.new_link(None, actions.invite(None, "cleo"))[0]
    rotate()
    assert client.get(f"/welcome/{token}/").status_code == (200 if is_kept else 410)


def test_a_browser_that_was_in_before_stays_known(user, rotate, is_kept):
    user.set_password(PASSWORD)
    user.save()
    own, right = Client(), {"username": "ana", "password": PASSWORD}
    own.post("/login/", right)
    own.post("/logout/")
    rotate()
    for _ in range(10):
        Client().post("/login/", right | {"password": "wrong"})
    assert LoginThrottle.objects.count() == 2
    assert own.post("/login/", right).status_code == (302 if is_kept else 429)
