"""Measures the cost of the API: `python -m e2e.lab.bench_api [--json FILE]`, or `make bench`.

Lists (25 tasks) and PATCHes, eight at a time, each in turn with those of a plain ModelViewSet of REST framework on the same
table in the same server (naive.py), which neither locks, logs nor announces.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import httpx

from ..server import Server

AT_ONCE = 8
ROUNDS, REQUESTS = 15, 40
GOALS = {"list": 1.0, "patch": 1.5}


async def measure(url, token, rounds):
    """Return {(what, whose): [milliseconds a request, of each round]}."""
    headers = {"Authorization": f"Token {token}", "Accept-Encoding": "identity"}
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    times = {}
    async with httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=60) as client:
        tasks = (await client.get("/api/tasks?page_size=100")).json()["results"]
        while len(tasks) < 100:
            answer = await client.post("/api/tasks", json={"name": f"Task {len(tasks)}"})
            tasks.append(answer.raise_for_status().json())
        ids = [task["id"] for task in tasks]
        for number in range(-1, rounds):
            for whose, base in (("ours", "/api/tasks"), ("naive", "/naive/tasks")):
                for what, ask in (("list", listing(client, base)), ("patch", patching(client, base, ids, number))):
                    took = await timed(ask)
                    if number >= 0:
                        times.setdefault((what, whose), []).append(took)
    return times


def listing(client, base):
    return lambda n: client.get(base)


def patching(client, base, ids, number):
    # A name of its own each time: what changes nothing is not saved.
    return lambda n: client.patch(f"{base}/{ids[n % len(ids)]}", json={"name": f"{base} {number} {n}"})


async def timed(ask):
    """Return the milliseconds that a request takes on average, `AT_ONCE` asking at a time."""
    numbers = iter(range(REQUESTS))

    async def hand():
        for n in numbers:
            (await ask(n)).raise_for_status()

    start = time.perf_counter()
    await asyncio.gather(*(hand() for _ in range(AT_ONCE)))
    return (time.perf_counter() - start) * 1000 / REQUESTS


def report(times):
    """Return a row for each kind of request: medians, quartiles and the median of the rounds' ratios."""
    rows = []
    for what, goal in GOALS.items():
        ours, naive = times[what, "ours"], times[what, "naive"]
        ratios = [one / other for one, other in zip(ours, naive, strict=True)]
        low, _, high = quantiles(ratios)
        rows.append(
            {
                "request": what,
                "ms": round(median(ours), 2),
                "naive ms": round(median(naive), 2),
                "ratio": round(median(ratios), 2),
                "quartiles": f"{low:.2f}–{high:.2f}",  # noqa: RUF001
                "goal": f"≤ {goal}",
            }
        )
    return rows


def main():
    parser = argparse.ArgumentParser(prog="python -m e2e.lab.bench_api", description=__doc__.split("\n")[0])
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), DJANGO_SETTINGS_MODULE="e2e.lab.api_settings", API_RATE="1000000/second")
        server.start()
        try:
            log_in = httpx.post(f"{server.url}/api/token/", json={"username": "demo", "password": "demo"})
            times = asyncio.run(measure(server.url, log_in.raise_for_status().json()["token"], options.rounds))
        finally:
            server.stop()
    rows = report(times)
    print(
        f"\nThe API, {AT_ONCE} at a time, beside a plain ModelViewSet, {options.rounds} rounds of {REQUESTS} requests"
    )
    print("  ".join(f"{name:>10}" for name in rows[0]))
    for row in rows:
        print("  ".join(f"{value:>10}" for value in row.values()))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    sys.exit(main())
