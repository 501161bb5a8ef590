import pytest


@pytest.fixture
def ben(django_user_model, db):
    return django_user_model.objects.create_user("ben", password="ben's own", first_name="Ben", last_name="Hof")


@pytest.fixture
def draw(add, ben):
    """A task of Ben's that Ana added, of which Ben has been told."""
    from board.notify import making

    task = add("Draw", assigned=ben)
    making.make_notifications()
    ben.notifications.all().delete()
    return task
