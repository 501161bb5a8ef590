"""Who may do what: every route of the project, with every method, as everybody there is.

The routes are read off the URLconf, so one that has no row here fails. A cell is the kind of access:

    open    everybody
    page    who has logged in; others are sent to the log-in, programs with a token too
    own     like page, but of others it is not there, but for staff
    mine    like page, but of others it is not there
    in      who has logged in already is sent home, for others there is no such method
    read    who is signed in, programs with any token too; others get 401
    write   like read, but a token that may only read gets 403
    -       there is no such method
"""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from api.models import Delivery, Token, Webhook
from board import actions

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
TABLE = """
    route                                        GET    POST   PUT    PATCH  DELETE
    /                                            page   -      -      -      -
    /login/                                      open   open   open   in     in
    /logout/                                     -      open   -      -      -
    /healthz                                     open   -      -      -      -
    /readyz                                      open   -      -      -      -
    /sprints/add/                                page   page   -      -      -
    /sprints/past/                               page   -      -      -      -
    /sprints/<id:pk>/                            page   -      -      -      -
    /sprints/<id:pk>/edit/                       page   page   -      -      -
    /sprints/<id:pk>/delete/                     page   page   -      -      -
    /sprints/<id:sprint_pk>/tasks/add/           page   page   -      -      -
    /tasks/<id:pk>/                              page   -      -      -      -
    /tasks/<id:pk>/edit/                         page   page   -      -      -
    /tasks/<id:pk>/place/                        -      page   -      -      -
    /tasks/<id:pk>/move/                         page   page   -      -      -
    /tasks/<id:pk>/delete/                       page   page   -      -      -
    /profile/tokens/                             page   page   -      -      -
    /profile/tokens/<id:pk>/revoke/              mine   mine   -      -      -
    /profile/webhooks/                           page   page   -      -      -
    /profile/webhooks/<id:pk>/                   own    -      -      -      -
    /profile/webhooks/<id:pk>/switch/            -      own    -      -      -
    /profile/webhooks/<id:pk>/delete/            own    own    -      -      -
    /profile/webhooks/deliveries/<id:pk>/redeliver/  -  own    -      -      -
    /api/                                        open   -      -      -      -
    /api/token/                                  -      open   -      -      -
    /api/schema                                  read   -      -      -      -
    /api/docs                                    page   -      -      -      -
    /api/sprints                                 read   write  -      -      -
    /api/sprints/<int:pk>                        read   -      write  write  write
    /api/tasks                                   read   write  -      -      -
    /api/tasks/<int:pk>                          read   -      write  write  write
    /api/tasks/<int:pk>/move                     -      write  -      -      -
    /api/users                                   read   -      -      -      -
    /api/users/<str:username>                    read   -      -      -      -
    /api/events                                  read   -      -      -      -
    /image/avatar/<str:name>.svg                 open   -      -      -      -
    /image/<anything:address>                    open   -      -      -      -
    /placeholder/                                open   open   open   open   open
    /site/                                       open   -      -      -      -
    /site/<path:path>                            open   -      -      -      -
"""
ROWS = {route: cells for route, *cells in map(str.split, TABLE.strip().splitlines()[1:])}

PEOPLE, PROGRAMS = ["owner", "member", "staff"], ["read token", "write token"]
EVERYBODY = ["anonymous", *PEOPLE, *PROGRAMS]
ACCESS = {
    "open": {},
    "page": dict.fromkeys(["anonymous", *PROGRAMS], "log in"),
    "own": dict.fromkeys(["anonymous", *PROGRAMS], "log in") | {"member": "not found"},
    "mine": dict.fromkeys(["anonymous", *PROGRAMS], "log in") | dict.fromkeys(["member", "staff"], "not found"),
    "in": dict.fromkeys(["anonymous", *PROGRAMS], "no method"),
    "read": {"anonymous": "log in"},
    "write": {"anonymous": "log in", "read token": "forbidden"},
}


def routes(patterns, prefix="/"):
    """Give the route of every view of a URLconf."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_every_route_has_a_row_and_every_row_a_route():
    assert sorted(routes(get_resolver().url_patterns)) == sorted(ROWS)


@pytest.fixture
def clients(db):
    """Return {who: a client}, with something of the owner's at every address."""
    cache.clear()
    people = {name: get_user_model().objects.create_user(name, is_staff=name == "staff") for name in PEOPLE}
    clients = {"anonymous": Client()}
    for name, person in people.items():
        clients[name] = Client()
        clients[name].force_login(person)
    for name in PROGRAMS:
        scope = name.removesuffix(" token")
        token = Token(owner=people["owner"], name=name, scope=scope)
        clients[name] = Client(headers={"authorization": f"Token {token.issue()}"})
    return clients


@pytest.fixture
def there(clients):
    """Return what the parts of routes stand for."""
    owner = get_user_model().objects.get(username="owner")
    sprint = actions.add_sprint(owner, end=timezone.localdate() + timedelta(days=7))
    task = actions.add_task(owner, name="Draw")
    webhook = Webhook(owner=owner, url="https://example.org/", kinds=["task.add"])
    webhook.open()
    delivery = Delivery.objects.create(webhook=webhook, kind="task.add", body="{}")
    return {
        "/sprints/<id:pk>": sprint.pk,
        "/sprints/<id:sprint_pk>": sprint.pk,
        "/api/sprints/<int:pk>": sprint.pk,
        "/tasks/<id:pk>": task.pk,
        "/api/tasks/<int:pk>": task.pk,
        "/tokens/<id:pk>": Token.objects.first().pk,
        "/webhooks/<id:pk>": webhook.pk,
        "/deliveries/<id:pk>": delivery.pk,
        "/users/<str:username>": "owner",
        "/avatar/<str:name>": "owner",
        "/image/<anything:address>": "300x200",
        "/site/<path:path>": "placeholder/",
    }


@pytest.mark.parametrize("route", ROWS)
def test_everybody_may_do_what_the_row_says_and_nothing_else(route, clients, there):
    url = route
    for part, value in there.items():
        url = url.replace(part, f"{part.rsplit('/', 1)[0]}/{value}")
    assert "<" not in url
    seen = {(who, method): ask(clients[who], method, url) for who in EVERYBODY for method in METHODS}
    for method, kind in zip(METHODS, ROWS[route], strict=True):
        for who in EVERYBODY:
            if kind == "-":
                # Whether it is there at all, nobody learns who may not ask.
                assert seen[who, method] in ("no method", "log in", "forbidden"), (who, method)
                assert who not in PEOPLE or seen[who, method] == "no method", (who, method)
            else:
                assert seen[who, method] == ACCESS[kind].get(who, "done"), (who, method)


def ask(client, method, url):
    """Return in a word what comes of a request, and undo what it did."""
    with transaction.atomic():
        answer = client.generic(method, url, "{}", content_type="application/json")
        transaction.set_rollback(True)
    if answer.status_code == 302 and answer["Location"].startswith("/login/?next="):
        return "log in"
    words = {401: "log in", 403: "forbidden", 404: "not found", 405: "no method"}
    assert answer.status_code < 500
    return words.get(answer.status_code, "done")
