"""Signed names of channels."""

import pytest
from django.core import signing

from api.channels import channel_for, read_channel


def test_a_name_tells_who_and_what(ada):
    assert read_channel(channel_for(ada, 5)) == (ada.pk, 5)


def test_a_name_ends_after_thirty_minutes(ada, monkeypatch):
    name = channel_for(ada, 5)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 29 * 60)
    assert read_channel(name) == (ada.pk, 5)
    monkeypatch.setattr(signing.time, "time", lambda: now + 31 * 60)
    with pytest.raises(signing.SignatureExpired):
        read_channel(name)


@pytest.mark.parametrize("spoil", [str.swapcase, lambda name: name[1:], lambda name: "", lambda name: "é\0:x:y"])
def test_a_spoilt_name_is_refused(ada, spoil):
    with pytest.raises(signing.BadSignature):
        read_channel(spoil(channel_for(ada, 5)))


def test_a_name_signed_for_something_else_is_refused(ada):
    with pytest.raises(signing.BadSignature):
        read_channel(signing.TimestampSigner(salt="other").sign_object([ada.pk, 5]))
