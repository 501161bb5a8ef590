"""Allowed hosts and origins, and the errors for others."""

import socket

import pytest

from board.live.consumers import is_own_origin
from board.ops.hosts import bracketed, is_allowed, listening_hosts, unbracketed
from board.ops.site_url import running_url, save_server_url, server_urls
from board.tests.html_page import Page


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_address_is_accepted_with_and_without_brackets(host):
    assert (unbracketed(host), bracketed(host)) == ("::1", "[::1]")
    assert listening_hosts(unbracketed(host)) == ["[::1]"]


def test_a_server_on_all_addresses_is_reached_by_those_of_this_machine():
    assert set(listening_hosts("0.0.0.0")) >= {"localhost", "127.0.0.1"}
    assert not any(host.startswith("[") for host in listening_hosts("0.0.0.0"))
    assert "[::1]" in listening_hosts("::")


@pytest.mark.parametrize("host", ["[::1]", "[::1]:8000", "localhost:8000", "127.0.0.1"])
def test_a_page_of_the_same_origin_can_open_its_socket(settings, host):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert is_allowed(host, settings.ALLOWED_HOSTS)
    headers = [(b"host", host.encode()), (b"origin", f"http://{host}".encode())]
    assert is_own_origin({"headers": headers, "scheme": "ws"})


@pytest.mark.parametrize("host", ["[::2]:8000", "evil.example", "", "::1", "[::1"])
def test_a_page_of_another_host_cannot_open_a_socket(settings, host):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    headers = [(b"host", host.encode()), (b"origin", f"http://{host}".encode())]
    assert not is_own_origin({"headers": headers, "scheme": "ws"})


@pytest.mark.parametrize("host", ["nas.local:8000", "<b>x</b>"])
def test_an_error_for_an_unknown_host_names_the_setting(client, settings, host, caplog):
    settings.ALLOWED_HOSTS = ["localhost"]
    response = client.get("/", headers={"Host": host})
    assert response.status_code == 400
    assert "<b>x" not in response.content.decode()
    text = Page(response).text
    assert f"“{host}”" in text
    assert "ALLOWED_HOSTS" in text
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize(
    ("hosts", "site", "address"),
    [
        (["127.0.0.1"], "", "http://127.0.0.1:9000"),
        (["[::1]"], "", "http://[::1]:9000"),
        (["192.168.1.5", "localhost"], "", "http://192.168.1.5:9000"),
        (["127.0.0.1"], "https://board.example.org", "https://board.example.org"),
    ],
)
def test_links_use_the_servers_url(settings, hosts, site, address):
    settings.LISTENING_HOSTS, settings.PORT, settings.SITE_URL = hosts, 9000, site
    assert server_urls()[0] == running_url() == address


def test_a_command_with_other_settings_knows_the_address_of_the_running_server(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("board.ops.site_url._url_file", lambda: tmp_path / "address")
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.SITE_URL, settings.LISTENING_HOSTS, settings.PORT = "", ["127.0.0.1"], server.getsockname()[1]
        save_server_url()
        url = server_urls()[0]
        settings.PORT = 1
        assert running_url() == url
    assert running_url() == "http://127.0.0.1:1"


def test_an_api_error_for_an_unknown_host_names_the_setting(client, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    response = client.get("/api/tasks", headers={"Host": "nas.local"})
    assert response.status_code == 400
    assert "“nas.local”" in response.json()["detail"]
    assert "ALLOWED_HOSTS" in response.json()["detail"]
