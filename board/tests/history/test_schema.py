"""The schema of events: nothing else can be written, and all code that reads events supports each part.

api/tests/test_events.py tests the API.
"""

import pytest
from django.db import transaction
from django.utils import timezone

from board.actions.undo import REASONS
from board.history import log, schema
from board.models import Event

pytestmark = pytest.mark.django_db


def write(task, kind=Event.Kind.UPDATE, changes=None, **extras):
    with transaction.atomic():
        log.write(log.next_number(), None, timezone.now(), kind, task, changes or {"name": ["a", "b"]}, **extras)


@pytest.mark.parametrize(
    "what",
    [
        {"labels": [1, 2]},
        {"changes": {"colour": ["red", "blue"]}},
        {"changes": {"name": "red"}},
        {"kind": "split"},
        {"undoes": 1000},
        {"undoes": True},
        {"spaced": {"x": [1, 2]}},
        {"spaced": {1: [1, None]}},
    ],
)
def test_undefined_keys_cannot_be_written(add, what):
    task = add("a")
    with pytest.raises(ValueError, match="Event 2 "):
        write(task, **what)
    assert log.newest_number() == 1


@pytest.mark.parametrize("kind", Event.Kind)
def test_each_kind_has_a_definition_and_messages(kind):
    assert kind in schema.KINDS
    assert kind in REASONS


def test_an_extra_key_is_no_field_of_a_row():
    for event in (Event(task=1), Event(task=None)):
        assert not schema.EXTRAS.keys() & schema.field_names(schema._model(event))
