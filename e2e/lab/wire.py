"""Misbehaving clients, byte by byte, as no library would send them."""

import asyncio
import base64
import contextlib
import multiprocessing
import os
import signal
import socket
import time
from urllib.parse import urlsplit

IN_FLIGHT = 30


def connect(url):
    """Return a blocking connection to a server."""
    place = urlsplit(url)
    return socket.create_connection((place.hostname, place.port), timeout=60)


def head(path, method="GET", **headers):
    """Return the head of a request; names of headers are written with `_` for `-`."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def status_of(wire):
    """Return the status of the response that a connection has, None when it was closed without one."""
    try:
        data = wire.recv(4096)
    except ConnectionError:
        return None
    return int(data.split()[1]) if data else None


def upload(url, path, content_type, size, part, is_chunked=False):
    """Send `part` again and again until `size` bytes are sent or the server has had enough; returns the status."""
    length = {"Transfer_Encoding": "chunked"} if is_chunked else {"Content_Length": size}
    # Many at once: the server is to work, not the client.
    part *= max(1, 65536 // len(part))
    with connect(url) as wire:
        with contextlib.suppress(ConnectionError):
            wire.sendall(head(path, "POST", Content_Type=content_type, **length))
            for sent in range(0, size, len(part)):
                piece = part[: size - sent]
                wire.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
            wire.sendall(b"0\r\n\r\n" if is_chunked else b"")
        return status_of(wire)


def seconds_until_closed(wire, within=60):
    """Return after how many seconds the server closed a connection, None when it did not within so many."""
    begun = time.monotonic()
    wire.settimeout(within)
    try:
        while wire.recv(65536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return None
    return time.monotonic() - begun


@contextlib.contextmanager
def crowd(url, requests, in_flight=IN_FLIGHT):
    """Keep so many of these requests (bytes, again and again) in flight, from a process of its own, meanwhile.

    Gives a dict, filled in the end with how often each status came.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_crowd, args=(url, requests, in_flight, theirs), daemon=True)
    process.start()
    ours.recv()
    counts = {}
    try:
        yield counts
        ours.send("enough")
        counts |= ours.recv()
    finally:
        process.terminate()
        process.join()


def _crowd(url, requests, in_flight, pipe):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    counts = {}
    asyncio.run(_send_all(url, requests, in_flight, pipe, counts))
    pipe.send(counts)
    pipe.recv()


async def _send_all(url, requests, in_flight, pipe, counts):
    place = urlsplit(url)
    number = iter(range(10**9))
    clients = [_client(place, requests, number, counts) for _ in range(in_flight)]
    tasks = [asyncio.create_task(client) for client in clients]
    while not counts and not all(task.done() for task in tasks):
        await asyncio.sleep(0.01)
    pipe.send("begun")
    while not pipe.poll():
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()


async def _client(place, requests, number, counts):
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            with contextlib.closing(writer):
                while True:
                    turn = next(number)
                    writer.write(requests[turn % len(requests)].replace(b"NUMBER", b"%06x" % (turn % 2**24)))
                    status, goes_on = await _response(reader)
                    counts[status] = counts.get(status, 0) + 1
                    if status == 503:
                        await asyncio.sleep(0.1)
                    if not goes_on:
                        break


async def _response(reader):
    """Read a response; returns its status, and whether the connection goes on."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower().splitlines()
    fields = dict(line.split(": ", 1) for line in lines[1:] if line)
    if "content-length" in fields:
        await reader.readexactly(int(fields["content-length"]))
    elif fields.get("transfer-encoding") == "chunked":
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return int(lines[0].split()[1]), fields.get("connection") != "close"


def open_unread(url, address):
    """Open a web socket and return the connection, of which nothing is read after the handshake."""
    place = urlsplit(address)
    wire = connect(url)
    # A small window, so that what is not read stays with the server.
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    path = f"{place.path}?{place.query}"
    fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": 13}
    wire.sendall(head(path, Sec_WebSocket_Key=base64.b64encode(os.urandom(16)).decode(), **fields))
    response = b""
    while not response.endswith(b"\r\n\r\n"):
        response += wire.recv(1)
    assert response.startswith(b"HTTP/1.1 101"), response
    return wire


def close_code(wire):
    """Return the code with which the server closed a web socket: in the last frame of all that was not read."""
    wire.settimeout(60)
    end = b""
    with contextlib.suppress(ConnectionError):
        # The server waits for an answer to its close before it goes.
        while end[:2] != b"\x88\x02" and (data := wire.recv(65536)):
            end = (end + data)[-4:]
    return int.from_bytes(end[2:]) if end[:2] == b"\x88\x02" else None


def memory(process_id):
    """Return the MB of memory that a process has."""
    with open(f"/proc/{process_id}/status") as file:
        line = next(line for line in file if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def peak_memory(process_id):
    """Return the most MB of memory that a process had since `forget_peak`."""
    with open(f"/proc/{process_id}/status") as file:
        line = next(line for line in file if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def forget_peak(process_id):
    with open(f"/proc/{process_id}/clear_refs", "w") as file:
        file.write("5")
