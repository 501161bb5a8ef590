"""Signed names of channels."""

from urllib.parse import parse_qs, urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.core import signing
from django.test import Client

from api.consumers import EventConsumer, Refused
from api.socket_tokens import Holder, channel_for, consume, read_channel
from board.models import LoginThrottle

ADA = Holder(3, "c0ffee")


@pytest.mark.parametrize("more", [{}, {"token_id": 7}, {"session_digest": "0f" * 16}])
def test_a_name_contains_the_user_the_credential_and_the_sprint(more):
    holder = Holder(3, "c0ffee", **more)
    assert read_channel(channel_for(holder, 5)) == (holder, 5)


def test_a_name_ends_after_thirty_minutes(monkeypatch):
    name = channel_for(ADA, 5)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 29 * 60)
    assert read_channel(name) == (ADA, 5)
    monkeypatch.setattr(signing.time, "time", lambda: now + 31 * 60)
    with pytest.raises(signing.SignatureExpired):
        read_channel(name)


@pytest.mark.parametrize("spoil", [str.swapcase, lambda name: name[1:], lambda name: "", lambda name: "é\0:x:y"])
def test_a_spoilt_name_is_refused(spoil):
    with pytest.raises(signing.BadSignature):
        read_channel(spoil(channel_for(ADA, 5)))


def test_a_name_signed_for_something_else_is_refused():
    with pytest.raises(signing.BadSignature):
        read_channel(signing.TimestampSigner(salt="other").sign_object([3, "c0ffee", None, None, 5, None]))


def test_a_name_of_a_log_in_ends_after_thirty_seconds(monkeypatch):
    holder = Holder(3, "c0ffee", session_digest="0f" * 16)
    name = channel_for(holder, 5)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 29)
    assert read_channel(name) == (holder, 5)
    monkeypatch.setattr(signing.time, "time", lambda: now + 31)
    with pytest.raises(signing.SignatureExpired):
        read_channel(name)


@pytest.fixture
def page(ada):
    """A browser in which ada is logged in."""
    browser = Client()
    browser.force_login(ada)
    return browser


def name_for(client, sprint, **headers):
    answer = client.get(f"/api/sprints/{sprint.pk}", **headers)
    return parse_qs(urlsplit(answer.json()["links"]["channel"]).query)["channel"][0]


def test_a_name_of_a_log_in_is_used_once(page, sprint):
    first, second = name_for(page, sprint), name_for(page, sprint)
    holder, _ = read_channel(first)
    assert [consume(name, holder) for name in [first, first, second, first]] == [True, False, True, False]


def test_a_name_of_a_program_is_used_again(issue, stranger, sprint):
    name = name_for(stranger, sprint, headers={"authorization": f"Token {issue()}"})
    holder, _ = read_channel(name)
    assert [consume(name, holder) for _ in range(3)] == [True] * 3
    assert not LoginThrottle.objects.exists()


@pytest.mark.parametrize("url", ["/api/sprints", "/api/sprints/{pk}"])
def test_no_cached_response_repeats_a_channel_name_that_is_used_once(page, sprint, url):
    url = url.format(pk=sprint.pk)
    answer = page.get(url)
    again = page.get(url, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 200
    assert again.content != answer.content


def test_a_new_password_ends_the_names_of_a_password_and_of_a_token(ada, client, stranger, issue, sprint):
    key = issue()
    names = [name_for(client, sprint), name_for(stranger, sprint, headers={"authorization": f"Token {key}"})]
    holders = [read_channel(name)[0] for name in names]
    admit = async_to_sync(EventConsumer().admit)
    assert [admit(holder)[0] for holder in holders] == [ada, ada]
    ada.set_password("another long password")
    ada.save()
    for holder in holders:
        with pytest.raises(Refused):
            admit(holder)
