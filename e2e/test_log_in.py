import socket

import pytest
from playwright.sync_api import expect

from .server import Server


@pytest.fixture
def serve(tmp_path):
    """Start further servers: `serve("name", HOST=…)`."""
    servers = []

    def start(name, **env):
        folder = tmp_path / name
        folder.mkdir()
        servers.append(Server(folder, **env))
        return servers[-1].start()

    yield start
    for server in servers:
        server.stop()


def test_a_second_installation_on_another_port_logs_nobody_out_of_the_first(someone, base_url, serve):
    # A session of its own, since this test ends it.
    person = someone(None).go("/login/")
    person.log_in("demo", "demo")
    other = serve("other")
    person.page.goto(f"{other.url}/login/")
    person.log_in("guest", "guest")
    expect(person.page.get_by_role("link", name="Gus Lindqvist")).to_be_visible()
    person.page.goto(f"{base_url}/")
    expect(person.page.get_by_role("link", name="Dana Moreau")).to_be_visible()
    person.page.get_by_role("button", name="Log out").click()
    person.page.goto(f"{other.url}/")
    expect(person.page.get_by_role("link", name="Gus Lindqvist")).to_be_visible()


def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_a_board_on_an_ipv6_address_is_live(someone, serve):
    server = serve("six", HOST="::1" if has_ipv6() else "127.0.0.1")
    person = someone(None, server.url)
    person.page.goto(f"{server.url}/login/?next=/sprints/2/")
    person.log_in("demo", "demo")
    person.see_live()


@pytest.mark.engines
def test_every_page_asks_for_a_log_in_and_returns_there(someone, sprint):
    stranger = someone(None).go(f"/sprints/{sprint}/")
    expect(stranger.page).to_have_url(f"{stranger.base_url}/login/?next=/sprints/{sprint}/")
    stranger.log_in("demo", "demo")
    expect(stranger.page).to_have_url(f"{stranger.base_url}/sprints/{sprint}/")
