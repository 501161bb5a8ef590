"""Signed names of channels."""

import pytest
from django.core import signing

from api.channels import Holder, channel_for, read_channel

ADA = Holder(3)


@pytest.mark.parametrize("more", [{}, {"token_id": 7}, {"log_in": "0f" * 16}])
def test_a_name_tells_who_by_what_and_which_sprint(more):
    holder = Holder(3, **more)
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
        read_channel(signing.TimestampSigner(salt="other").sign_object([3, None, None, 5]))
