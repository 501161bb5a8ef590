from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from board import actions
from board.accounts.sessions import SessionStore
from board.models import Status


@pytest.fixture
def user(django_user_model, db):
    return django_user_model.objects.create_user("ana", password="ana's own", first_name="Ana", last_name="Lind")


@pytest.fixture
def sprint(user):
    return actions.add_sprint(user, name="Sprint 1", end=timezone.localdate() + timedelta(days=7))


@pytest.fixture
def next_sprint(user):
    return actions.add_sprint(user, name="Sprint 2", end=timezone.localdate() + timedelta(days=14))


@pytest.fixture
def past_sprint(user, sprint):
    """A sprint that has ended."""
    past = actions.add_sprint(user, name="Sprint 0", end=timezone.localdate())
    type(past).objects.filter(pk=past.pk).update(end=timezone.localdate() - timedelta(days=1))
    past.refresh_from_db()
    return past


@pytest.fixture
def add(user):
    """Add a task: `add("name", sprint, Status.ACTIVE)`."""

    def add_task(name="Fix log-in", sprint=None, status=Status.TODO, **fields):
        sprint_id = sprint.pk if sprint else None
        return actions.add_task(user, name=name, sprint_id=sprint_id, status=status, **fields)

    return add_task


@pytest.fixture
def browser(client, user):
    """Django's test client with a session of `user`. A log-in takes four times as long."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.begin()
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.fixture
def today_is():
    """Set the date, at noon in the team's time zone: `today_is(date(2027, 3, 1))`."""
    with mock.patch("django.utils.timezone.now") as now:

        def set_today(day):
            now.return_value = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())

        set_today(timezone.localdate(datetime.now(timezone.get_default_timezone())))
        yield set_today
