"""Runs all benchmarks and prints one table of the goals: `make bench`.

Keeps what each part found in var/bench/ and the table in var/bench/all.json. A part that fails takes no others with it; it
is named at the end.
"""

import argparse
import json
import subprocess
import sys

from e2e.server import ROOT

from .goals import row, table

FOLDER = ROOT / "var" / "bench"
PARTS = {
    "pictures": "e2e.lab.bench_pictures",
    "sites": "e2e.lab.bench_sites",
    "api": "e2e.lab.bench_api",
    "board": "e2e.lab.bench_board",
    "sprints": "e2e.lab.bench_sprints",
    "live": "e2e.lab.bench_live",
    "change": "e2e.lab.bench_live --sockets 500 1000 --seconds 10 --rate 1",
    "writers": "e2e.lab.bench_writers",
    "attack": "e2e.lab.attack crowds",
    "memory": "e2e.lab.bench_memory",
}
# Milliseconds to the last of so many sockets.
LAST_SOCKET = {500: 60, 1000: 100}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; without any, all")
    chosen = parser.parse_args().parts or PARTS
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows, failed = [], []
    for name in chosen:
        file = FOLDER / f"{name}.json"
        file.unlink(missing_ok=True)
        print(f"\n{name}: python -m {PARTS[name]}", flush=True)
        subprocess.run([sys.executable, "-m", *PARTS[name].split(), "--json", file], cwd=ROOT, check=False)
        if file.exists():
            rows += goals_of(name, json.loads(file.read_text()))
        else:
            failed.append(name)
    (FOLDER / "all.json").write_text(json.dumps(rows, indent=1))
    print(f"\n{table(rows)}")
    if failed:
        raise SystemExit(f"Without a figure: {', '.join(failed)}")


def goals_of(name, figures):
    """Return the rows of a part; pictures, and sockets under 20 changes a second, print tables of their own."""
    read = {"sites": _sites, "api": _api, "live": lambda figures: [], "change": _change}.get(name)
    return read(figures) if read else figures.get("goals", [])


def _sites(figures):
    found = {one["tool"]: one for one in figures["tools"]}
    ours = found.pop("sitegen")
    goals = {"pelican": {"full": 0.5}, "hugo": {"no change": 1, "one edit": 1}}
    rows = [
        row(f"site of 1,000 pages, {step}, against {peer}", goal, [ours[step] / found[peer][step]], "x")
        for peer, steps in goals.items()
        if peer in found
        for step, goal in steps.items()
    ]
    rows.append(row("site of 1,000 pages, memory", 100, [ours["MB"]], "MB"))
    if figures["preview"]:
        rows.append(row("an edit shows in the preview", 150, figures["preview"], "ms"))
    return rows


def _api(figures):
    return [
        row(
            f"{one['request']}, against a plain ModelViewSet",
            float(one["goal"].removeprefix("≤ ")),
            [one["ratio"]],
            "x",
        )
        for one in figures
    ]


def _change(figures):
    return [goal for one in figures for goal in _sockets(one)]


def _sockets(figures):
    count = figures["sockets"]
    return [
        row(
            f"one change to the last of {count} sockets",
            LAST_SOCKET[count],
            [figures["last_socket_median_ms"]],
            "ms",
        ),
        row(f"memory of one of {count} sockets", 40, [figures["rss_kb_per_socket"]], "KB"),
        row(f"memory of the process with {count} sockets", 200, [figures["rss_mb"]], "MB"),
    ]


if __name__ == "__main__":
    main()
