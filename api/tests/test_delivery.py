"""One attempt to deliver: what goes over the network, and what comes of each answer."""

import asyncio
import json
import ssl
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api import delivery as http_delivery
from api.models import Delivery, Webhook

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(autouse=True)
def _private_addresses(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True


@asynccontextmanager
async def receiver(answer=OK, tls=None):
    """A server on this machine that answers everything with the same bytes; gives its port and the requests."""
    requests = []
    writers = []

    async def serve(reader, writer):
        writers.append(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        requests.append((lines[0], headers, body))
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], requests
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await server.wait_closed()


def delivery_to(url):
    webhook = Webhook(url=url, secret="a secret")
    return Delivery(webhook=webhook, kind="task.add", body=json.dumps({"model": "task", "name": "Ünïcode"}))


async def send(delivery):
    async with http_delivery.new_client() as client:
        return await http_delivery.send(client, delivery)


async def test_a_delivery_is_a_signed_post_of_json():
    async with receiver() as (port, requests):
        delivery = delivery_to(f"http://127.0.0.1:{port}/hook?a=b")
        outcome = await send(delivery)
    ((line, headers, body),) = requests
    assert (outcome.status, outcome.response, outcome.is_success) == (200, "ok", True)
    assert line == "POST /hook?a=b HTTP/1.1"
    assert body.decode() == delivery.body
    assert headers["content-type"] == "application/json"
    assert headers["host"] == f"127.0.0.1:{port}"
    assert headers["x-lightboard-event"] == "task.add"
    assert uuid.UUID(headers["x-lightboard-delivery"]) == delivery.key
    parts = dict(part.split("=") for part in headers["x-lightboard-signature"].split(","))
    assert parts["v1"] == http_delivery.signature("a secret", int(parts["t"]), body)
    assert abs(datetime.now(UTC).timestamp() - int(parts["t"])) < 60


def test_the_signature_is_the_one_that_others_compute():
    # printf '1700000000.{}' | openssl dgst -sha256 -hmac 'a secret'
    expected = "f4c7f7db2c2d22e9144ae6536d7918d29e7c70122e5704b842c2a7d02bee924f"
    assert http_delivery.signature("a secret", 1700000000, b"{}") == expected
    assert http_delivery.signature("a secret", 1700000001, b"{}") != expected


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status):
    async with receiver() as (elsewhere, followed):
        answer = f"HTTP/1.1 {status} Go\r\nLocation: http://127.0.0.1:{elsewhere}/\r\nContent-Length: 0\r\n\r\n"
        async with receiver(answer.encode()) as (port, _):
            outcome = await send(delivery_to(f"http://127.0.0.1:{port}/"))
    assert (outcome.status, outcome.is_success, followed) == (status, False, [])


@pytest.mark.parametrize("status", [304, 400, 404, 410, 429, 500, 503])
async def test_a_status_other_than_2xx_is_a_failure(status):
    answer = f"HTTP/1.1 {status} No\r\nContent-Length: 4\r\n\r\nnope".encode()
    async with receiver(answer) as (port, _):
        assert not (await send(delivery_to(f"http://127.0.0.1:{port}/"))).is_success


async def test_a_receiver_without_a_response_times_out(monkeypatch):
    monkeypatch.setattr(http_delivery, "TIMEOUT", 0.1)
    async with receiver(None) as (port, _):
        outcome = await send(delivery_to(f"http://127.0.0.1:{port}/"))
    assert (outcome.status, outcome.response) == (None, "No response within 0.1 seconds.")


async def test_only_the_beginning_of_an_endless_response_is_read():
    body = b"\0" + b"x" * 1_000_000
    async with receiver(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + body) as (port, _):
        outcome = await send(delivery_to(f"http://127.0.0.1:{port}/"))
    assert outcome.is_success
    assert outcome.response == "\N{REPLACEMENT CHARACTER}" + "x" * (http_delivery.EXCERPT_BYTES - 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://nowhere.invalid/",
        "http://[::1]:1/",
        "http://a..b/",
        "http://\u2603.invalid/",
    ],
)
async def test_an_unreachable_receiver_is_a_failure_with_a_reason(url):
    outcome = await send(delivery_to(url))
    assert outcome.status is None
    assert outcome.response


async def test_a_response_that_is_not_http_is_a_failure():
    async with receiver(b"220 smtp.example ESMTP\r\n") as (port, _):
        assert not (await send(delivery_to(f"http://127.0.0.1:{port}/"))).is_success


async def test_a_private_address_is_not_even_connected_to(settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    async with receiver() as (port, requests):
        for host in ("127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"):
            outcome = await send(delivery_to(f"http://{host}:{port}/"))
            assert outcome.status is None
            assert "not a public internet address" in outcome.response
    assert requests == []


async def test_the_name_is_resolved_once_and_the_validated_address_is_used(monkeypatch):
    """A name that changes its address between the look and the connection (DNS rebinding) gains nothing."""
    asked = []

    async def look_up(host, port):
        asked.append((host, port))
        return ["127.0.0.1"]

    monkeypatch.setattr(http_delivery, "resolve", look_up)
    async with receiver() as (port, requests):
        outcome = await send(delivery_to(f"http://hooks.invalid:{port}/"))
    assert outcome.is_success
    assert asked == [("hooks.invalid", port)]
    assert requests[0][1]["host"] == f"hooks.invalid:{port}"


async def test_when_one_address_is_unreachable_the_next_one_is_tried(monkeypatch):
    async def look_up(host, port):
        return ["127.0.0.2", "127.0.0.1"]

    monkeypatch.setattr(http_delivery, "resolve", look_up)
    async with receiver() as (port, requests):
        assert (await send(delivery_to(f"http://hooks.invalid:{port}/"))).is_success


async def test_cookies_of_a_receiver_are_not_sent_back():
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n"
    async with receiver(answer) as (port, requests), http_delivery.new_client() as client:
        for _ in range(2):
            await http_delivery.send(client, delivery_to(f"http://127.0.0.1:{port}/"))
    assert [headers.get("cookie") for _, headers, _ in requests] == [None, None]


def certificate_for(name, folder):
    """Make a certificate for a host name that signs itself; returns its file, which holds the key too."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(("host", "is_trusted"), [("hooks.example", True), ("other.example", False)])
async def test_tls_is_verified_against_the_name(tmp_path, monkeypatch, host, is_trusted):
    pem = certificate_for("hooks.example", tmp_path)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(pem)
    names = []
    served.sni_callback = lambda connection, name, context: names.append(name)
    trusting = ssl.create_default_context(cafile=pem)
    monkeypatch.setattr(http_delivery.ssl, "create_default_context", lambda: trusting)

    async def look_up(host, port):
        return ["127.0.0.1"]

    monkeypatch.setattr(http_delivery, "resolve", look_up)
    async with receiver(tls=served) as (port, requests):
        outcome = await send(delivery_to(f"https://{host}:{port}/"))
    assert names == [host]
    assert outcome.is_success is is_trusted
    assert len(requests) == is_trusted
    assert is_trusted or "CERTIFICATE_VERIFY_FAILED" in outcome.response
