"""Exceptions as answers."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError

from api.errors import answer


@pytest.mark.parametrize(
    ("error", "body"),
    [
        (ValidationError({"name": "No."}), {"name": ["No."]}),
        (ValidationError({"__all__": "No."}), {"non_field_errors": ["No."]}),
        (ValidationError("No."), {"non_field_errors": ["No."]}),
    ],
)
def test_a_broken_rule_comes_back_under_its_field(error, body):
    response = answer(error, {})
    assert (response.status_code, response.data["fields"]) == (400, body)


def test_a_value_that_the_database_refuses_is_a_bad_request():
    assert answer(DataError("PostgreSQL text fields cannot contain NUL"), {}).status_code == 400


def test_a_mistake_of_our_own_stays_a_server_error():
    assert answer(KeyError("x"), {}) is None
