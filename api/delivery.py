"""Sends one delivery over HTTP: signed, to a validated IP address, within a time limit."""

import asyncio
import hashlib
import hmac
import ssl
import time
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from .models import Delivery
from .ssrf import ForbiddenAddress, resolve

TIMEOUT = 5
EXCERPT_BYTES = 500


@dataclass(frozen=True)
class Outcome:
    """The result of an attempt: the status and the beginning of the response, or None and an error message."""

    status: int | None
    response: str
    milliseconds: int

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the hexadecimal HMAC-SHA256 of a Unix time and a body."""
    return hmac.new(secret.encode(), b"%d.%b" % (timestamp, body), hashlib.sha256).hexdigest()


def new_client() -> httpx.AsyncClient:
    """Return a client without cookies and without keep-alive: each delivery resolves its host name again."""
    return httpx.AsyncClient(
        timeout=None,
        follow_redirects=False,
        trust_env=False,
        verify=ssl.create_default_context(),
        limits=httpx.Limits(max_keepalive_connections=0),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


async def send(client: httpx.AsyncClient, delivery: Delivery) -> Outcome:
    """Send a delivery once. Errors become an `Outcome`, too."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(TIMEOUT):
            status, response = await _post(client, delivery)
    except ForbiddenAddress as error:
        status, response = None, str(error)
    except TimeoutError:
        status, response = None, f"No response within {TIMEOUT} seconds."
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        status, response = None, f"{type(error).__name__}: {error}"
    return Outcome(status, response[:EXCERPT_BYTES], round((time.monotonic() - started) * 1000))


async def _post(client: httpx.AsyncClient, delivery: Delivery) -> tuple[int, str]:
    url = httpx.URL(delivery.webhook.url)
    failure: Exception = OSError("The host name has no IP address.")
    for address in await resolve(url.raw_host.decode(), url.port or {"http": 80, "https": 443}[url.scheme]):
        try:
            async with client.stream(**_request(delivery, url, address)) as response:
                return response.status_code, await _read_excerpt(response)
        except httpx.ConnectError as error:
            failure = error
    raise failure


def _request(delivery: Delivery, url: httpx.URL, address: str) -> dict[str, Any]:
    """Return the request to a validated IP address. The Host header and TLS use the host name."""
    body = delivery.body.encode()
    now = int(time.time())
    return {
        "method": "POST",
        "url": url.copy_with(host=address),
        "content": body,
        "headers": {
            "Host": url.netloc.decode(),
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "Lightboard-Webhook/1",
            "X-Lightboard-Event": delivery.kind,
            "X-Lightboard-Delivery": str(delivery.key),
            "X-Lightboard-Signature": f"t={now},v1={signature(delivery.webhook.secret, now, body)}",
        },
        "extensions": {"sni_hostname": url.raw_host.decode()},
    }


async def _read_excerpt(response: httpx.Response) -> str:
    excerpt = b""
    async for part in response.aiter_raw():
        excerpt += part
        if len(excerpt) >= EXCERPT_BYTES:
            break
    # PostgreSQL cannot store NUL characters.
    return excerpt[:EXCERPT_BYTES].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
