"""Concurrent invitations with spellings of the same username create one account."""

import pytest

from board.tests.races import new_database, printed_by

INVITE_AT_ONCE = """
from board.accounts import actions as accounts

for round in range(4):
    names = [f"ada{round}", f"ADA{round}", f"Ada{round}", f"adA{round}", f"\\u0430d\\u0430{round}"]
    race(lambda name: accounts.invite(None, name), names)
print(User.objects.count())
"""


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
def test_invitations_at_once_make_one_account_for_all_spellings(request, tmp_path, vendor):
    assert printed_by(INVITE_AT_ONCE, new_database(vendor, request, tmp_path)) == "4\n"
