from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIClient
from rest_framework.views import APIView

from api.models import Token
from api.renderers import BrowsableAPIRenderer
from board import actions


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def ada(db):
    return get_user_model().objects.create_user(
        "ada", password="a long password", first_name="Ada", last_name="Lovelace"
    )


@pytest.fixture
def client(ada):
    """A client of the API, signed in as ada."""
    client = APIClient()
    client.force_authenticate(ada)
    return client


@pytest.fixture
def issue(ada):
    """Return the key of a new token of ada's: `issue("write", expires_at=…)`."""

    def issue_token(scope="write", owner=ada, **fields):
        return Token(owner=owner, name="A program", scope=scope, **fields).issue()

    return issue_token


@pytest.fixture
def stranger(db):
    """A client of the API that is not signed in."""
    return APIClient()


@pytest.fixture
def sprint(ada, today):
    return actions.add_sprint(ada, name="Walking skeleton", end=today + timedelta(days=14))


@pytest.fixture
def past_sprint(ada, today):
    """A sprint that ended yesterday, and was made while it was not over."""
    sprint = actions.add_sprint(ada, name="Foundations", end=today)
    type(sprint).objects.filter(pk=sprint.pk).update(end=today - timedelta(days=1))
    sprint.refresh_from_db()
    return sprint


@pytest.fixture
def task(ada, sprint):
    return actions.add_task(ada, name="Draw the columns", sprint_id=sprint.pk)


@pytest.fixture(autouse=True)
def _nothing_counted():
    """Start without requests that count against a throttle."""
    cache.clear()


@pytest.fixture
def browsable(monkeypatch):
    """The browsable API, as it is in development."""
    monkeypatch.setattr(APIView, "renderer_classes", [JSONRenderer, BrowsableAPIRenderer])
