"""References in texts as links, and the texts that refer to a task."""

from collections.abc import Iterable
from itertools import chain

from django.contrib.auth.models import User
from django.urls import reverse

from .models import Column, Comment, Task
from .templatetags.people import full_name
from .text.references import Link, Links, references_in, task_ids_in, usernames_in
from .text.usernames import match_usernames

# Further tasks that the texts of a page refer to stay text.
MAX_TASKS = 500
# The number of tasks that are listed because they mention a task, and of the texts of each kind that are read for them.
MAX_MENTIONS = 50
MAX_READ = 100


def references(texts: Iterable[str]) -> Links:
    """Return the links of the references in the texts of a page, with at most two queries.

    References to unknown tasks and to people without an active account have no link.
    """
    texts = [text for text in texts if references_in(text)]
    usernames = set[str]().union(*map(usernames_in, texts))
    ids = set[int]().union(*map(task_ids_in, texts))
    people = find_people(usernames) if usernames else {}
    tasks = Task.objects.in_bulk(sorted(ids)[:MAX_TASKS]) if ids else {}
    return {f"@{name}": _person_link(person) for name, person in people.items()} | {
        f"#{pk}": _task_link(task) for pk, task in tasks.items()
    }


def find_people(usernames: Iterable[str]) -> dict[str, User]:
    """Return {username as spelled: user} of those who exist and are active, with one query."""
    people = {person.username: person for person in User.objects.all()}
    return {name: person for name, person in match_usernames(usernames, people).items() if person.is_active}


def _person_link(person: User) -> Link:
    return Link(f"{reverse('people')}#person-{person.pk}", full_name(person), f"@{person.username}", "mention")


def _task_link(task: Task) -> Link:
    css_class = "reference done" if task.column is Column.DONE else "reference"
    # The isolates keep the name and the state apart where they are written in different directions.
    return Link(task.get_absolute_url(), f"#{task.pk}", f"\u2068{task}\u2069 · {task.column.label}", css_class)


def mentions_of(task: Task) -> list[Task]:
    """Return the other tasks that refer to a task in their description or a comment, newest first, with two queries."""
    # Also matches references in code and links, which `task_ids_in` tells apart.
    pattern = rf"(^|[^\w&#])#{task.pk}($|\W)"
    tasks = Task.objects.filter(description__contains=f"#{task.pk}", description__regex=pattern)
    comments = Comment.objects.filter(text__contains=f"#{task.pk}", text__regex=pattern).select_related("task")
    texts = chain(
        ((other, other.description) for other in tasks.order_by("-pk")[:MAX_READ]),
        ((comment.task, comment.text) for comment in comments.order_by("-pk")[:MAX_READ]),
    )
    found = {other for other, text in texts if other != task and task.pk in task_ids_in(text)}
    return sorted(found, key=lambda other: other.pk, reverse=True)[:MAX_MENTIONS]
