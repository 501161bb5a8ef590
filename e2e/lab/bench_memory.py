"""Checks that the server's memory stays flat under traffic: `python -m e2e.lab.bench_memory --minutes 60`.

People load pages, move cards and come and go with sockets, at a bounded rate. After a warm-up of a fifth of the time, the
resident memory is sampled and a line laid through it (least squares).
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

from e2e.server import Server

from .bench_board import FILL, SIZES, Site, run
from .bench_live import memory
from .goals import row

WARM_UP = 0.2
SAMPLES = 60
A_TURN = 0.25
GOAL = 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("MINUTES", "5")))
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lightboard-memory-") as folder:
        server = Server(Path(folder)).start()
        try:
            sprints, session = run(FILL % (SIZES,), server.env)
            site = Site(server, {int(size): pk for size, pk in sprints.items()}, session)
            samples = asyncio.run(traffic(site, options.minutes * 60))
        finally:
            server.stop()
    warm = [sample for sample in samples if sample[0] >= options.minutes * WARM_UP]
    growth = statistics.linear_regression(*zip(*warm, strict=True)).slope * 60
    for minute, kilobytes in samples[:: max(1, len(samples) // 20)]:
        print(f"  minute {minute:6.1f}  {kilobytes / 1024:7.1f} MB")
    print(f"  after the warm-up: {growth:.0f} KB an hour")
    if options.json:
        goal = row(f"memory, growth an hour, {options.minutes:g} minutes of traffic", GOAL, [growth], "KB")
        options.json.write_text(json.dumps({"samples": samples, "goals": [goal]}, indent=1))


async def traffic(site, seconds):
    """Go on for so many seconds; returns [(minute, the server's resident memory in KB)]."""
    begun = time.monotonic()
    samples = []
    token = httpx.post(f"{site.url}/api/token/", json={"username": "demo", "password": "demo"}).json()["token"]
    headers = {"Authorization": f"Token {token}", "Cookie": site.cookie_header}
    async with httpx.AsyncClient(base_url=site.url, headers=headers, timeout=60) as client:
        tasks = (await client.get("/api/tasks", params={"sprint": site.sprints[20]})).json()["results"]
        while (passed := time.monotonic() - begun) < seconds:
            size = random.choice(SIZES)
            (await client.get(site.board(size))).raise_for_status()
            move = f"/api/tasks/{random.choice(tasks)['id']}/move"
            (await client.post(move, json={"status": random.randrange(1, 5)})).raise_for_status()
            await come_and_go(site, size)
            if passed >= len(samples) * seconds / SAMPLES:
                samples.append((passed / 60, memory(site.server)))
            await asyncio.sleep(A_TURN)
    return samples


async def come_and_go(site, size):
    """Open a board's socket as a page does, hear its first frame, and leave."""
    address = f"ws://127.0.0.1:{site.port}{site.board(size)}live"
    headers = {"Cookie": f"{site.session_cookie}={site.session}"}
    async with connect(address, origin=site.url, additional_headers=headers) as socket:
        await socket.send(json.dumps({"since": 0}))
        await socket.recv()


if __name__ == "__main__":
    main()
