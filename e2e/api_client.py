"""Clients of the API with the token of the account `demo`."""

from functools import cache

import httpx

from .server import has_tls


def api_of(url):
    """Return an API client of the account `demo`."""
    headers = {"Authorization": f"Token {token_of(url)}"}
    return httpx.Client(base_url=f"{url}/api", headers=headers, timeout=20, verify=has_tls(url))


@cache
def token_of(url):
    answer = httpx.post(f"{url}/api/token/", json={"username": "demo", "password": "demo"}, timeout=20)
    return answer.raise_for_status().json()["token"]
