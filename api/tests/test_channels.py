"""Signed names of channels."""

import pytest
from django.core import signing

from api.channels import channel_for, read_channel
from api.models import Token


def test_a_name_tells_who_and_what(ada):
    assert read_channel(channel_for(ada, None, 5)) == (ada.pk, None, 5)


def test_a_name_tells_the_token_that_it_was_handed_out_to(ada):
    token = Token(owner=ada, name="A program")
    token.issue()
    assert read_channel(channel_for(ada, token, 5)) == (ada.pk, token.pk, 5)


def test_a_name_ends_after_thirty_minutes(ada, monkeypatch):
    name = channel_for(ada, None, 5)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 29 * 60)
    assert read_channel(name) == (ada.pk, None, 5)
    monkeypatch.setattr(signing.time, "time", lambda: now + 31 * 60)
    with pytest.raises(signing.SignatureExpired):
        read_channel(name)


@pytest.mark.parametrize("spoil", [str.swapcase, lambda name: name[1:], lambda name: "", lambda name: "é\0:x:y"])
def test_a_spoilt_name_is_refused(ada, spoil):
    with pytest.raises(signing.BadSignature):
        read_channel(spoil(channel_for(ada, None, 5)))


def test_a_name_signed_for_something_else_is_refused(ada):
    with pytest.raises(signing.BadSignature):
        read_channel(signing.TimestampSigner(salt="other").sign_object([ada.pk, None, 5]))
