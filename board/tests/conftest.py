from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from board import actions
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
    """Django's test client, logged in as `user`."""
    client.force_login(user)
    return client


@pytest.fixture
def today_is():
    """Set the date, at noon in the team's time zone: `today_is(date(2027, 3, 1))`."""
    with mock.patch("django.utils.timezone.now") as now:

        def set_today(day):
            now.return_value = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())

        set_today(timezone.localdate(datetime.now(timezone.get_default_timezone())))
        yield set_today
