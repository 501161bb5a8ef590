"""What a change looks like to others."""

from django.db import transaction

from . import doorbell


def announce(event):
    """Ring when the transaction of this event is committed; a ring that fails leaves the change saved."""
    transaction.on_commit(doorbell.ring, robust=True)
