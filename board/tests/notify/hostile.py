"""People whose names, tasks and comments are hostile."""

from django.contrib.auth.models import User

from board import actions
from board.notify import making
from e2e.payloads import PAYLOADS


def mention_everywhere(add):
    """Have a person of each name comment on a task of the same name, and mention Ben."""
    names = [User(username=f"person{number}", first_name=name) for number, name in enumerate(PAYLOADS)]
    for person in User.objects.bulk_create(names):
        task = add(" ".join(person.first_name.split()))
        actions.add_comment(person, task.pk, f"@ben {person.first_name}")
    while making.make_notifications():
        pass
