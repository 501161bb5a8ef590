"""No header of a request changes the pages and cards that the server caches for others."""

from contextlib import ExitStack
from functools import cache

import httpx
import pytest

from .server import has_tls
from .sessions import log_in

EVIL = "evil.example"
HOSTILE = {
    "Daphne-Root-Path": f"https://{EVIL}",
    "Forwarded": f"for=203.0.113.9;host={EVIL};proto=https",
    "HX-Current-URL": f"https://{EVIL}/sprints/1/",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
    "Script-Name": f"/{EVIL}",
    "X-Forwarded-For": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Forwarded-Server": EVIL,
    "X-Original-Url": f"/{EVIL}",
    "X-Rewrite-Url": f"/{EVIL}",
    "X-Script-Name": f"/{EVIL}",
    "X-User": EVIL,
}
PREFIXES = [f"https://{EVIL}", f"//{EVIL}", f"/{EVIL}", "javascript:alert(1)//", "/sprints"]
PAGES = ["/", "/sprints/{sprint}/", "/tasks/{task}/", "/tasks/deleted/", "/tasks/{task}/move/", "/image/9x9/"]


@pytest.fixture(scope="module")
def visitor(base_url):
    """Return a client of a logged-in user: `visitor("demo")`."""
    with ExitStack() as stack:

        def arrive(username):
            headers = {"Cookie": log_in(base_url, username)}
            client = httpx.Client(base_url=base_url, headers=headers, timeout=20, verify=has_tls(base_url))
            return stack.enter_context(client)

        yield cache(arrive)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_written_by_a_header(visitor, sprint, add_tasks, page):
    guest, demo = visitor("guest"), visitor("demo")
    for prefix in PREFIXES:
        # A new task, so that neither its card nor its board are cached.
        (task,) = add_tasks("Read the headers", description="See https://example.org/ first.")
        path = page.format(sprint=sprint, task=task)
        hostile = guest.get(path, headers=HOSTILE | {"Daphne-Root-Path": prefix})
        quiet = guest.get(path)
        assert (hostile.status_code, quiet.status_code) == (200, 200), prefix
        for answer in (hostile, quiet, demo.get(path)):
            assert EVIL not in answer.text, prefix
            assert "javascript:" not in answer.text, prefix
            assert "/sprints/tasks/" not in answer.text, prefix
            assert 'href="/sprints/sprints/' not in answer.text, prefix


def test_no_json_is_written_by_a_header(api, sprint, add_tasks):
    (task,) = add_tasks("Read the headers")
    paths = ["", f"/sprints/{sprint}", f"/tasks/{task}", f"/tasks?sprint={sprint}", "/users"]
    for path in paths:
        hostile = api.get(path, headers=HOSTILE)
        assert hostile.status_code == 200
        assert EVIL not in hostile.text
