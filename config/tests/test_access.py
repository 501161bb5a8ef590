"""The access table: every route of the project, with every method, for every role.

The routes are read from the URLconf, so a route without a row fails. A cell is the kind of access:

    open    everyone
    page    logged-in people; others are sent to the log-in page, programs with a token too
    work    like page, but viewers get 403
    own     like work, but other people's get 404, except for admins
    mine    like page, but other people's get 404
    admin   like page, but everyone except admins gets 403
    in      logged-in people are sent home; for others there is no such method
    read    anyone signed in, including programs with any token; others get 401
    write   like read, but viewers and read-only tokens get 403
    edit    like write, but other people get 403
    erase   like edit, but admins may, too
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
from board.accounts import links
from board.models import Notification, Profile
from board.notify import mails

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
TABLE = """
    route                                            GET    POST   PUT    PATCH  DELETE
    /                                                page   -      -      -      -
    /activity/                                       page   -      -      -      -
    /backlog/                                        page   -      -      -      -
    /backlog/away/                                   page   page   -      -      -
    /backlog/change/                                 -      work   -      -      -
    /backlog/changes/                                page   -      -      -      -
    /backlog/tasks/add/                              work   work   -      -      -
    /backlog/tasks/add/several/                      work   work   -      -      -
    /comments/<id:pk>/delete/                        -      mod    -      -      -
    /comments/<id:pk>/edit/                          author author -      -      -
    /healthz                                         open   -      -      -      -
    /login/                                          open   open   in     in     in
    /logout/                                         -      open   -      -      -
    /notifications/                                  page   -      -      -      -
    /notifications/<id:pk>/                          mine   -      -      -      -
    /notifications/read/                             -      page   -      -      -
    /notifications/unread/                           page   -      -      -      -
    /notifications/unsubscribe/<str:token>/          open   open   -      -      -
    /password/                                       open   open   -      -      -
    /people/                                         page   -      -      -      -
    /people/<id:pk>/                                 admin  admin  -      -      -
    /people/<id:pk>/deactivate/                      -      admin  -      -      -
    /people/<id:pk>/delete/                          admin  admin  -      -      -
    /people/<id:pk>/link/                            -      admin  -      -      -
    /people/<id:pk>/reactivate/                      -      admin  -      -      -
    /people/names/                                   page   -      -      -      -
    /people/invite/                                  admin  admin  -      -      -
    /profile/                                        page   page   -      -      -
    /profile/password/                               page   page   -      -      -
    /profile/sign-out/                               -      page   -      -      -
    /profile/tokens/                                 page   page   -      -      -
    /profile/tokens/<id:pk>/revoke/                  mine   mine   -      -      -
    /profile/webhooks/                               work   work   -      -      -
    /profile/webhooks/<id:pk>/                       own    -      -      -      -
    /profile/webhooks/<id:pk>/delete/                own    own    -      -      -
    /profile/webhooks/<id:pk>/switch/                -      own    -      -      -
    /profile/webhooks/deliveries/<id:pk>/redeliver/  -      own    -      -      -
    /readyz                                          open   -      -      -      -
    /sprints/<id:pk>/                                page   -      -      -      -
    /sprints/<id:pk>/activity/                       page   -      -      -      -
    /sprints/<id:pk>/away/                           page   page   -      -      -
    /sprints/<id:pk>/changes/                        page   -      -      -      -
    /sprints/<id:pk>/close/                          work   work   -      -      -
    /sprints/<id:pk>/delete/                         work   work   -      -      -
    /sprints/<id:pk>/edit/                           work   work   -      -      -
    /sprints/<id:pk>/reopen/                         -      work   -      -      -
    /sprints/<id:pk>/report/                         page   -      -      -      -
    /sprints/<id:pk>/start/                          work   work   -      -      -
    /sprints/<id:sprint_pk>/tasks/add/               work   work   -      -      -
    /sprints/<id:sprint_pk>/tasks/add/several/       work   work   -      -      -
    /sprints/<id:pk>/tasks.csv                       page   -      -      -      -
    /sprints/add/                                    work   work   -      -      -
    /sprints/past/                                   page   -      -      -      -
    /tasks/<id:pk>/                                  page   -      -      -      -
    /tasks/<id:pk>/check/                            -      work   -      -      -
    /tasks/<id:pk>/comments/                         -      work   -      -      -
    /tasks/<id:pk>/delete/                           work   work   -      -      -
    /tasks/<id:pk>/edit/                             work   work   -      -      -
    /tasks/<id:pk>/edit/<field>/                     work   work   -      -      -
    /tasks/<id:pk>/follow/                           -      page   -      -      -
    /tasks/<id:pk>/move/                             work   work   -      -      -
    /tasks/<id:pk>/panel/                            page   -      -      -      -
    /tasks/<id:pk>/place/                            -      work   -      -      -
    /tasks/<id:pk>/restore/                          -      work   -      -      -
    /tasks/deleted/                                  page   -      -      -      -
    /tasks/understood/                               page   -      -      -      -
    /tasks.csv                                       page   -      -      -      -
    /team/                                           admin  admin  -      -      -
    /theme/                                          -      page   -      -      -
    /undo/<id:seq>/                                  -      work   -      -      -
    /welcome/<str:token>/                            open   open   -      -      -
    /api/                                            open   -      -      -      -
    /api/docs                                        page   -      -      -      -
    /api/events                                      read   -      -      -      -
    /api/schema                                      read   -      -      -      -
    /api/sprints                                     read   write  -      -      -
    /api/sprints/<int:pk>                            read   -      write  write  write
    /api/sprints/<int:pk>/close                      -      write  -      -      -
    /api/sprints/<int:pk>/reopen                     -      write  -      -      -
    /api/sprints/<int:pk>/report                     read   -      -      -      -
    /api/sprints/<int:pk>/start                      -      write  -      -      -
    /api/tasks                                       read   write  -      -      -
    /api/tasks/<int:pk>                              read   -      write  write  write
    /api/tasks/<int:pk>/move                         -      write  -      -      -
    /api/tasks/<int:task>/comments                   read   write  -      -      -
    /api/tasks/<int:task>/comments/<int:pk>          read   -      edit   edit   erase
    /api/token/                                      -      open   -      -      -
    /api/users                                       read   -      -      -      -
    /api/users/<str:username>                        read   -      -      -      -
    /image/<anything:address>                        open   -      -      -      -
    /image/avatar/<str:name>.svg                     open   -      -      -      -
    /placeholder/                                    open   open   open   open   open
    /site/                                           open   -      -      -      -
    /site/<path:path>                                open   -      -      -      -
"""
ROWS = {route: cells for route, *cells in map(str.split, TABLE.strip().splitlines()[1:])}

PEOPLE, PROGRAMS = ["owner", "member", "viewer", "admin"], ["read token", "write token"]
EVERYBODY = ["anonymous", *PEOPLE, *PROGRAMS]
OUTSIDE = dict.fromkeys(["anonymous", *PROGRAMS], "log in")
ACCESS = {
    "open": {},
    "page": OUTSIDE,
    "work": OUTSIDE | {"viewer": "forbidden"},
    "own": OUTSIDE | {"member": "not found", "viewer": "forbidden"},
    "mine": OUTSIDE | dict.fromkeys(["member", "viewer", "admin"], "not found"),
    "author": OUTSIDE | dict.fromkeys(["member", "viewer", "admin"], "forbidden"),
    "mod": OUTSIDE | dict.fromkeys(["member", "viewer"], "forbidden"),
    "admin": OUTSIDE | dict.fromkeys(["owner", "member", "viewer"], "forbidden"),
    "in": dict.fromkeys(OUTSIDE, "no method"),
    "read": {"anonymous": "log in"},
    "write": {"anonymous": "log in", "viewer": "forbidden", "read token": "forbidden"},
}
ACCESS["erase"] = ACCESS["write"] | {"member": "forbidden"}
ACCESS["edit"] = ACCESS["erase"] | {"admin": "forbidden"}
# Who may do something is asked after the body is valid.
BODIES = {"/api/tasks/<int:task>/comments/<int:pk>": '{"text": "Edited"}'}

# Who is asked: what belongs to nobody, its owner sees like any member; methods that are missing are so for all.
ASKED = {kind: [who for who in EVERYBODY if who != "owner"] for kind in ACCESS}
ASKED |= {
    **dict.fromkeys(["own", "mine", "author", "mod", "edit", "erase"], EVERYBODY),
    "-": ["anonymous", "admin"],
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


@pytest.fixture(scope="module")
def everything(django_db_setup, django_db_blocker):
    """Fill the database once for all routes: what a test does is rolled back. Returns `credentials` and `addresses`."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield credentials(), addresses()
        transaction.set_rollback(True)


def credentials():
    """Return {who: (cookies, headers)}, with something of the owner's at every address."""
    people = {name: get_user_model().objects.create_user(name, is_staff=name == "admin") for name in PEOPLE}
    Profile.objects.create(user=people["viewer"], is_viewer=True)
    found = {"anonymous": ({}, {})}
    for name, person in people.items():
        client = Client()
        client.force_login(person)
        found[name] = {key: cookie.value for key, cookie in client.cookies.items()}, {}
    for name in PROGRAMS:
        scope = name.removesuffix(" token")
        token = Token(owner=people["owner"], name=name, scope=scope)
        found[name] = {}, {"authorization": f"Token {token.issue()}"}
    return found


def addresses():
    """Return what the parts of routes stand for."""
    owner = get_user_model().objects.get(username="owner")
    sprint = actions.add_sprint(owner, end=timezone.localdate() + timedelta(days=7))
    task = actions.add_task(owner, name="Draw")
    comment = actions.add_comment(owner, task.pk, "Looks good")
    removed = actions.add_task(owner, name="Rub out")
    actions.remove_task(owner, removed.pk)
    newcomer = get_user_model().objects.create_user("newcomer")
    webhook = Webhook(owner=owner, url="https://example.org/", kinds=["task.add"])
    webhook.register()
    delivery = Delivery.objects.create(webhook=webhook, kind="task.add", body="{}")
    notification = Notification.objects.create(
        person=owner, seq=task.version, reason="changed", task=task.pk, created_at=timezone.now()
    )
    return {
        "/notifications/<id:pk>": notification.pk,
        "/unsubscribe/<str:token>": mails.unsubscribe_token(newcomer),
        "/sprints/<id:pk>": sprint.pk,
        "/tasks/<id:pk>/restore": f"{removed.pk}/restore",
        "/edit/<field>": "name",
        "/people/<id:pk>": newcomer.pk,
        "/undo/<id:seq>": task.version,
        "/welcome/<str:token>": links.link_for(newcomer, timedelta(days=1)),
        "/sprints/<id:sprint_pk>": sprint.pk,
        "/api/sprints/<int:pk>": sprint.pk,
        "/comments/<id:pk>": actions.add_comment(owner, task.pk, "Drawn?").pk,
        "/tasks/<int:task>/comments/<int:pk>": f"{task.pk}/comments/{comment.pk}",
        "/tasks/<int:task>": task.pk,
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


@pytest.fixture
def clients(everything, db):
    """Return {who: a client}."""
    cache.clear()
    found = {}
    for name, (cookies, headers) in everything[0].items():
        found[name] = Client(headers=headers)
        found[name].cookies.load(cookies)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("route", ROWS)
def test_everybody_may_do_what_the_row_says_and_nothing_else(route, clients, everything):
    url = route
    for part, value in everything[1].items():
        url = url.replace(part, f"{part.partition('<')[0]}{value}")
    assert "<" not in url
    for method, kind in zip(METHODS, ROWS[route], strict=True):
        for who in ASKED[kind]:
            seen = ask(clients[who], method, url, BODIES.get(route, "{}"))
            if kind == "-":
                # Whether it is there at all, nobody learns who may not ask.
                assert seen in (["no method"] if who == "admin" else ["no method", "log in"]), (who, method)
            else:
                assert seen == ACCESS[kind].get(who, "done"), (who, method)
            if method == "GET" and who in ("anonymous", "viewer"):
                assert ask(clients[who], "HEAD", url) == seen, who


def ask(client, method, url, body="{}"):
    """Return in a word what comes of a request, and undo what it did."""
    with transaction.atomic():
        answer = client.generic(method, url, body, content_type="application/json")
        transaction.set_rollback(True)
    if answer.status_code == 302 and answer["Location"].startswith("/login/?next="):
        return "log in"
    words = {401: "log in", 403: "forbidden", 404: "not found", 405: "no method"}
    assert answer.status_code < 500
    return words.get(answer.status_code, "done")
