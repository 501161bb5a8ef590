"""Measures the cost of a placeholder picture: `python -m e2e.lab.bench_pictures [--json FILE]`, or `make bench`.

Each drawing is timed in turn with a naive one (RGB, `ImageDraw.text`, PNG) in the same font and size.
Each kind of response is asked for in turn with that of an empty view, over one connection to the same server.
"""

import argparse
import http.client
import io
import json
import sys
import time
from itertools import pairwise
from statistics import median
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.urls import path
from PIL import Image, ImageDraw

from placeholder import __main__ as service
from placeholder.colours import PALETTE
from placeholder.fonts import face_at, shipped_files
from placeholder.image import draw
from placeholder.layout import fitted_lines
from placeholder.picture import FORMATS, Picture
from placeholder.tests.processes import running

SIZES = ((300, 200), (1200, 630), (2000, 2000))
ROUNDS_FOR, IN_A_ROW = {300: 20, 1200: 6, 2000: 3}, 5
REQUESTS, REQUEST_ROUNDS = 200, 9


def empty(request):
    return HttpResponse()


# The server under test is this module's application: the service, and beside it a view that does nothing.
service.urlpatterns.append(path("empty/", empty))
application = service.application


def measure_drawings():
    """Return a row for each size and format: median milliseconds, bytes, both compared with the naive PNG."""
    rows = []
    for width, height in SIZES:
        label = f"{width} × {height}"
        pictures = {name: Picture(width, height, *PALETTE["light"], name, text=label) for name in FORMATS}
        drawings = {name: lambda picture=picture: draw(picture) for name, picture in pictures.items()}
        drawings["naive"] = lambda picture=pictures["png"]: naive_png(picture)
        times, sizes = timed_in_turn(drawings, ROUNDS_FOR[width])
        for name in drawings:
            rows.append(
                {
                    "size": label,
                    "format": name,
                    "ms": round(times[name], 3),
                    "bytes": sizes[name],
                    "times faster": round(times["naive"] / times[name], 1),
                    "times smaller": round(sizes["naive"] / sizes[name], 1),
                }
            )
    return rows


def naive_png(picture):
    """Return the PNG that the first thing one writes with Pillow makes; its font is loaded already."""
    image = Image.new("RGB", picture.pixels, picture.background[:3])
    middle = (picture.width / 2, picture.height / 2)
    face = face_at(shipped_files(picture.font, picture.weight)[0], fitted_lines(picture)[1])
    ImageDraw.Draw(image).text(middle, picture.text, fill=picture.ink[:3], font=face, anchor="mm")
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def timed_in_turn(drawings, rounds):
    """Return the median CPU milliseconds and the bytes of each drawing; each round draws each a few times."""
    times = {name: [] for name in drawings}
    sizes = {}
    for _ in range(rounds):
        for name, drawing in drawings.items():
            for _ in range(IN_A_ROW):
                start = time.process_time()
                sizes[name] = len(drawing())
                times[name].append((time.process_time() - start) * 1000)
    return {name: median(values) for name, values in times.items()}, sizes


def measure_responses():
    """Return a row for each kind of response: requests a second, and how many of an empty view's that is."""
    command = [
        sys.executable,
        "-m",
        "daphne",
        "-b",
        "127.0.0.1",
        "-p",
        "{port}",
        "e2e.lab.bench_pictures:application",
    ]
    with running(command) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        etag = asked(connection, "/image/300x200.png", {}).headers["ETag"]
        kinds = {
            "empty view": ("/empty/", {}, 200),
            "cached picture": ("/image/300x200.png", {}, 200),
            "not modified": ("/image/300x200.png", {"If-None-Match": etag}, 304),
            "refused": ("/image/4001x200.png", {}, 400),
        }
        rates = {name: [] for name in kinds}
        for _ in range(REQUEST_ROUNDS):
            for name, (address, headers, status) in kinds.items():
                rates[name].append(rate(connection, address, headers, status))
    middle = {name: median(values) for name, values in rates.items()}
    return [
        {
            "response": name,
            "requests a second": round(value),
            "of an empty view": f"{value / middle['empty view']:.0%}",
        }
        for name, value in middle.items()
    ]


def rate(connection, address, headers, status):
    start = time.perf_counter()
    for _ in range(REQUESTS):
        found = asked(connection, address, headers).status
        if found != status:
            raise RuntimeError(f"{address} returned {found} instead of {status}")
    return REQUESTS / (time.perf_counter() - start)


def asked(connection, address, headers):
    connection.request("GET", address, headers=headers)
    response = connection.getresponse()
    response.read()
    return response


def print_table(rows):
    """Print rows (dicts with the same keys) as a table, a line between one group and the next."""
    names = list(rows[0])
    widths = [max(len(name), *(len(str(row[name])) for row in rows)) for name in names]
    print("  ".join(name.rjust(width) for name, width in zip(names, widths, strict=True)))
    for before, row in pairwise([None, *rows]):
        if before and "size" in row and before["size"] != row["size"]:
            print()
        print("  ".join(str(row[name]).rjust(width) for name, width in zip(names, widths, strict=True)))
    print()


def main():
    parser = argparse.ArgumentParser(description="What a placeholder picture costs.")
    parser.add_argument("--json", metavar="FILE", help="write the figures to a file, too")
    options = parser.parse_args()
    figures = {"drawings": measure_drawings(), "responses": measure_responses()}
    for rows in figures.values():
        print_table(rows)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    main()
