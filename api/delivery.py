"""One delivery over the network: to an address that was judged, signed, once, with an end to all waiting."""

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
from .ssrf import ForbiddenAddress, addresses_of

TIMEOUT = 5
EXCERPT = 500


@dataclass(frozen=True)
class Outcome:
    """How an attempt went: the status of the answer, None without one; its beginning, or what went wrong."""

    status: int | None
    answer: str
    milliseconds: int

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def signature(secret: str, moment: int, body: bytes) -> str:
    """Return the signature of a body (bytes) sent at a moment (seconds since 1970): HMAC-SHA256 in hex of both."""
    return hmac.new(secret.encode(), b"%d.%b" % (moment, body), hashlib.sha256).hexdigest()


def new_client() -> httpx.AsyncClient:
    """Return a client that keeps neither connections, which a name that moved would share, nor cookies."""
    return httpx.AsyncClient(
        timeout=None,
        follow_redirects=False,
        trust_env=False,
        verify=ssl.create_default_context(),
        limits=httpx.Limits(max_keepalive_connections=0),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


async def send(client: httpx.AsyncClient, delivery: Delivery) -> Outcome:
    """Send a delivery once and return the `Outcome`; what goes wrong is one too."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(TIMEOUT):
            status, answer = await _post(client, delivery)
    except ForbiddenAddress as error:
        status, answer = None, str(error)
    except TimeoutError:
        status, answer = None, f"No response within {TIMEOUT} seconds."
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        status, answer = None, f"{type(error).__name__}: {error}"
    return Outcome(status, answer[:EXCERPT], round((time.monotonic() - started) * 1000))


async def _post(client: httpx.AsyncClient, delivery: Delivery) -> tuple[int, str]:
    url = httpx.URL(delivery.webhook.url)
    failure: Exception = OSError("The host name has no IP address.")
    for address in await addresses_of(url.raw_host.decode(), url.port or {"http": 80, "https": 443}[url.scheme]):
        try:
            async with client.stream(**_request(delivery, url, address)) as response:
                return response.status_code, await _beginning(response)
        except httpx.ConnectError as error:
            failure = error
    raise failure


def _request(delivery: Delivery, url: httpx.URL, address: str) -> dict[str, Any]:
    """Return the request to the address that was judged; Host and TLS keep the name."""
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


async def _beginning(response: httpx.Response) -> str:
    beginning = b""
    async for part in response.aiter_raw():
        beginning += part
        if len(beginning) >= EXCERPT:
            break
    # PostgreSQL stores no NUL.
    return beginning[:EXCERPT].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
