"""A person lets a program in, and shuts it out."""

import json

import httpx
from playwright.sync_api import expect
from websockets.sync.client import connect

from .socket_client import LOG_IN, NO_ACCESS, close_code


def make_token(person, name, scope):
    """Make a token on the page; returns its key."""
    page = person.go("/profile/tokens/").page
    page.get_by_label("Name").fill(name)
    page.get_by_label("Access").select_option(scope)
    page.get_by_role("button", name="Create token").click()
    return page.locator("#secret").inner_text()


def program_with(key, person):
    return httpx.Client(base_url=f"{person.base_url}/api", headers={"Authorization": f"Bearer {key}"}, timeout=20)


def channel_of(program, sprint):
    return program.get(f"/sprints/{sprint}").raise_for_status().json()["links"]["channel"]


def test_revoking_a_token_shuts_the_program_out_and_closes_its_sockets(someone, sprint, api):
    person = someone()
    key = make_token(person, "Wall display", "Read and write")
    with (
        program_with(key, person) as program,
        connect(channel_of(program, sprint)) as shut_out,
        connect(channel_of(api, sprint)) as unhurt,
    ):
        program.post("/tasks", json={"name": "By a program", "sprint": sprint}).raise_for_status()
        for socket in (shut_out, unhurt):
            assert json.loads(socket.recv(timeout=20))["body"]["name"] == "By a program"
        row = person.go("/profile/tokens/").page.get_by_role("listitem").filter(has_text="Wall display")
        row.get_by_role("link", name="Revoke…").click()
        person.page.get_by_role("button", name="Revoke token").click()
        expect(person.page.locator(".toast").filter(has_text="revoked")).to_be_visible()
        # The hub looks every five seconds anyway: sooner means that it was told.
        assert close_code(shut_out, timeout=4) == LOG_IN
        assert program.get("/tasks").status_code == 401
        api.post("/tasks", json={"name": "By another", "sprint": sprint}).raise_for_status()
        assert json.loads(unhurt.recv(timeout=20))["body"]["name"] == "By another"


def test_a_channel_of_a_revoked_token_opens_no_socket(someone, sprint):
    person = someone()
    key = make_token(person, "Short lived", "Read")
    with program_with(key, person) as program:
        channel = channel_of(program, sprint)
    person.page.get_by_role("listitem").filter(has_text="Short lived").get_by_role("link", name="Revoke…").click()
    person.page.get_by_role("button", name="Revoke token").click()
    expect(person.page.locator(".toast").filter(has_text="revoked")).to_be_visible()
    with connect(channel) as socket:
        assert close_code(socket) == LOG_IN


def test_a_program_that_may_only_read_holds_no_card(someone, sprint, add_tasks):
    (task,) = add_tasks("Not yours to hold")
    person = someone()
    key = make_token(person, "Wall display, reading", "Read")
    with program_with(key, person) as program, connect(channel_of(program, sprint)) as socket:
        socket.send(json.dumps({"model": "task", "id": task, "action": "dragstart"}))
        assert close_code(socket) == NO_ACCESS
