"""What nobody should send, against the real server: what OpenAPI lets one think of (e2e/lab/fuzz_api.py has more)."""

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error

from e2e.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that lets one client ask as often as it likes."""
    rates = dict.fromkeys(("API_RATE", "API_RATE_UNKNOWN"), "1000000/second")
    server = Server(tmp_path_factory.mktemp("hostile"), **rates).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def headers(server):
    answer = httpx.post(f"{server.url}/api/token/", json={"username": "demo", "password": "demo"}, timeout=60)
    return {"Authorization": f"Token {answer.json()['token']}"}


def test_nothing_that_the_schema_lets_one_think_of_breaks_the_server(server, headers):
    schema = schemathesis.openapi.from_url(f"{server.url}/api/schema", headers=headers)
    tried = set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=2,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def try_it(case):
            case.call_and_validate(headers=headers, checks=[not_a_server_error], timeout=60)

        try_it()
        tried.add((operation.method, operation.path))
    assert len(tried) > 15


def test_a_body_that_comes_in_chunks_counts(server, headers):
    """The server knows no length of it."""
    chunks = iter([b'{"name": ', b'"In chunks"}'])
    kind = {"Content-Type": "application/json"}
    answer = httpx.post(f"{server.url}/api/tasks", content=chunks, headers=headers | kind, timeout=60)
    assert answer.json()["name"] == "In chunks"


def test_a_head_of_something_long_leaves_the_connection_clean(server, headers):
    """Daphne would send what comes after the first 64 KB."""
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        assert len(client.get("/api/schema").content) > 2**16
        for _ in range(3):
            assert client.head("/api/schema").content == b""
        assert client.get("/api/").status_code == 200


def test_a_body_of_ten_megabytes_is_refused_in_the_shape_of_all_errors(server, headers):
    body = b'{"name": "' + b"x" * 10_000_000 + b'"}'
    kind = {"Content-Type": "application/json"}
    answer = httpx.post(f"{server.url}/api/tasks", content=body, headers=headers | kind, timeout=60)
    assert (answer.status_code, answer.json()) == (413, {"detail": "The body is too large."})


@pytest.mark.parametrize(("path", "status"), [("/api/tasks", 400), ("/nowhere", 404)])
def test_too_many_parameters_are_refused_whatever_the_charset_of_the_body(server, headers, path, status):
    """Django reads them too early then."""
    kind = {"Content-Type": "application/json; charset=utf-16"}
    answer = httpx.get(f"{server.url}{path}?{'a=b&' * 2000}", headers=headers | kind, timeout=60)
    assert answer.status_code == status
