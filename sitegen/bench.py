"""`python -m sitegen.bench`: seconds of a build beside other generators, on this machine, in this run.

1,000 Markdown pages of 2.3 KB with a layout, built from nothing, again without a change, after an edit of
one page, and after an edit of the layout. Pelican and MkDocs are run by uv, Hugo where it is on PATH.
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
from pathlib import Path

WORDS = ["board", "calm", "paper", "cards", "people", "move", "while", "others", "look", "nobody", "asks", "new"]
STEPS = ("full", "no change", "one edit", "layout edit")
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
        return ["hugo", "--source", folder, "--quiet"]


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
        return ["uv", "tool", "run", "--from", "pelican[markdown]", "pelican", folder / "content", *place]


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
        return ["uv", "tool", "run", "mkdocs", "build", "-q", "-f", folder / "mkdocs.yml", "-d", folder / "out"]


def write_pages(folder, count):
    for number in range(count):
        write(folder / f"p{number}.md", f"---\ntitle: Page {number}\n---\n\n{page_text(number)}")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def measure(tool, count, runs):
    """Return the median seconds of each step and the most memory a process took, in MB."""
    seconds, memory = {step: [] for step in STEPS}, []
    for run in range(runs):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            tool.prepare(folder, count)
            for step in STEPS:
                change(tool, folder, step, run)
                took, kilobytes = timed(tool.command(folder))
                seconds[step].append(took)
                memory.append(kilobytes)
    row = {step: round(statistics.median(values), 2) for step, values in seconds.items()}
    return {"tool": tool.name, "pages": count, **row, "MB": round(max(memory) / 1024)}


def change(tool, folder, step, run):
    if step == "one edit":
        path = tool.page(folder)
        path.write_text(path.read_text() + f"\nEdited {run}.\n")
    elif step == "layout edit":
        path = folder / tool.layout
        path.write_text(path.read_text().replace("Foot", f"Foot {run}"))


def timed(command):
    """Run a command; return the seconds it took and the memory of its largest process in KB."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(process.args)} ended with {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss


def tools(without_peers):
    peers = [Pelican(), MkDocs()] if shutil.which("uv") and not without_peers else []
    return [Sitegen(), *([Hugo()] if shutil.which("hugo") and not without_peers else []), *peers]


def main():
    parser = argparse.ArgumentParser(prog="python -m sitegen.bench", description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="write the figures to this file too")
    parser.add_argument("--alone", action="store_true", help="sitegen only")
    options = parser.parse_args()
    rows = []
    print(f"{'seconds':10}" + "".join(f"{step:>13}" for step in (*STEPS, "MB")))
    for tool in tools(options.alone):
        rows.append(measure(tool, options.pages, options.runs))
        print(f"{tool.name:10}" + "".join(f"{rows[-1][step]:>13}" for step in (*STEPS, "MB")), flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
