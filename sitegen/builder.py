"""The steps of a build: render what is stale, link what is not, write the rest, check, publish."""

import gc
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from typing import NamedTuple

from .checks import check_site
from .engine import Alarm
from .errors import BuildError, Problem, SiteError
from .facts import Facts
from .feeds import machine_files
from .options import BuildOptions, Progress
from .pages import Folder, Page, digest
from .render import RenderedSite
from .report import Report
from .stage import Stage
from .state import PageRecord, Sizes, State
from .version import made_with
from .workspace import Workspace

PAGES_WORTH_PROCESSES = 200
PAGES_AT_ONCE = 16  # that a process takes


class Outcome(NamedTuple):
    """The result of one page: its record, or what is wrong with it."""

    slug: str
    record: PageRecord | None = None
    written: Sizes = {}
    seconds: float = 0
    problem: Problem | None = None
    fatal: bool = False


class Build:
    """One build, from the pages folder to the workspace to the output."""

    def __init__(
        self,
        folder: Folder,
        workspace: Workspace,
        options: BuildOptions,
        state: State,
        now: datetime,
    ) -> None:
        self.workspace, self.options, self.now = workspace, options, now
        self.old_state, self.old_pages = state, state.get("pages", {})
        self.site = RenderedSite(folder, options, now, hashed=True)
        self.problems = [error.problem for error in self.site.problems]
        self.page_errors: list[Problem] = []
        self.records: dict[str, PageRecord] = {}
        self.seconds: dict[str, float] = {}
        self.alarm = Alarm()

    def run(
        self,
        only: Sequence[str] = (),
        strict: bool = False,
        processes: int | None = None,
        progress: Progress | None = None,
    ) -> Report:
        try:
            self.stage = Stage(self.workspace.next, self.workspace.output, self.old_state, self.options.release)
            self.render_pages(only, processes, progress)
            self.write_assets()
            self.write_machine_files(only)
            self.raise_problems()
            warnings = check_site(self.site, self.facts(), self.stage.files)
            if strict and warnings:
                raise BuildError(warnings)
            report = self.report(warnings)
            self.workspace.publish(self.stage, self.state(report), sync=self.options.release)
        except BaseException:
            self.workspace.abandon()
            raise
        return report

    # Pages

    def render_pages(self, only: Sequence[str], processes: int | None, progress: Progress | None) -> None:
        """Render the pages that changed, or the ones named, and link all others from the last output."""
        inputs = self.site.folder.fingerprint()  # reads everything once, so that all processes see the same
        self.inputs = "" if only else inputs
        wanted = self.named(only) if only else [page for page in self.site.pages if self.is_stale(page)]
        if only:
            self.records = dict(self.old_pages)
            self.stage.adopt_output()
        else:
            self.keep_pages({page.slug for page in self.site.pages} - {page.slug for page in wanted})
        with self.alarm:
            for done, outcome in enumerate(self.outcomes(wanted, processes), 1):
                self.take(outcome)
                if progress:
                    progress(done, len(wanted))

    def named(self, names: Sequence[str]) -> list[Page]:
        slugs = [name.strip("/").removesuffix("/index") or "index" for name in names]
        unknown = [name for name, slug in zip(names, slugs, strict=True) if slug not in self.site.by_slug]
        self.problems += [
            Problem(str(self.site.folder.root), None, f"there is no page “{name}”") for name in unknown
        ]
        return [self.site.by_slug[slug] for slug in dict.fromkeys(slugs) if slug in self.site.by_slug]

    def is_stale(self, page: Page) -> bool:
        """Whether anything the page was made from has changed."""
        record = self.old_pages.get(page.slug)
        if not record or record["digest"] != page.digest:
            return True
        try:
            return any(self.site.fingerprint(name) != value for name, value in record["trace"].items())
        except (SiteError, LookupError):
            return True

    def keep_pages(self, slugs: Iterable[str]) -> None:
        for slug in slugs:
            self.records[slug] = self.old_pages[slug]
            self.stage.keep(self.old_pages[slug]["file"])

    def outcomes(self, pages: Sequence[Page], processes: int | None) -> Iterator[Outcome]:
        processes = processes or processors()
        if processes > 1 and len(pages) >= PAGES_WORTH_PROCESSES and can_fork():
            yield from self.outcomes_of_processes(pages, processes)
        else:
            yield from map(self.make, pages)

    def outcomes_of_processes(self, pages: Sequence[Page], processes: int) -> Iterator[Outcome]:
        """Yield the Outcomes of pages that forked processes render."""
        global _build, _pages
        _build, _pages = self, pages  # the processes inherit both
        gc.freeze()  # else each process would copy what it collects
        with ProcessPoolExecutor(processes, get_context("fork")) as pool:
            try:
                yield from pool.map(make_page, range(len(pages)), chunksize=PAGES_AT_ONCE)
            except BrokenProcessPool:
                raise SiteError("sitegen", "a process that rendered pages was killed") from None

    def make(self, page: Page) -> Outcome:
        """Render and write a page."""
        started = time.perf_counter()
        try:
            with self.alarm.over(self.site.folder.place(page.source)):
                rendered = self.site.render(page)
        except SiteError as error:
            return Outcome(page.slug, problem=error.problem, fatal=error.fatal)
        content = rendered.html.encode()
        # Of two pages with one address, which is an error anyway, one has the file.
        written = self.stage.write(page.file, content) if self.site.by_slug[page.slug] is page else {}
        record: PageRecord = {
            "digest": page.digest,
            "trace": rendered.trace,
            "facts": rendered.facts,
            "file": page.file,
            "key": digest(content),
        }
        return Outcome(page.slug, record, written, time.perf_counter() - started)

    def take(self, outcome: Outcome) -> None:
        if outcome.record is None:
            if outcome.problem:
                (self.problems if outcome.fatal else self.page_errors).append(outcome.problem)
            return
        self.records[outcome.slug] = outcome.record
        self.stage.take(outcome.record["file"], outcome.record["key"], outcome.written)
        self.seconds[outcome.slug] = outcome.seconds

    def facts(self) -> dict[str, Facts]:
        return {slug: record["facts"] for slug, record in self.records.items()}

    # Assets and machine-readable files

    def write_assets(self) -> None:
        """Write the folder's assets, and those of sitegen's own that a page uses."""
        assets = self.site.assets
        used = {name for record in self.records.values() for name in record["trace"]}
        asked = {name.removeprefix("asset:") for name in used if name.startswith("asset:")}
        try:
            families = [
                assets.family(path) for path in {*self.site.folder.assets, *filter(assets.__contains__, asked)}
            ]
            for path in sorted({path for family in families for path in family}):
                self.stage.put(assets.address(path)[1:], assets.name(path), partial(assets.finished, path))
            for path in sorted(name.removeprefix("variants:") for name in used if name.startswith("variants:")):
                for width, address in assets.variants(path) if path in assets else ():
                    key = digest(assets.name(path), str(width))
                    self.stage.put(address[1:], key, partial(assets.variant, path, width))
        except SiteError as error:
            self.problems.append(error.problem)

    def write_machine_files(self, only: Sequence[str]) -> None:
        if not only:
            for path, text in machine_files(self.site, self.facts()).items():
                self.stage.put(path, digest(text), text.encode)

    # The end

    def raise_problems(self) -> None:
        if self.problems:
            raise BuildError(self.problems + self.page_errors)

    def state(self, report: Report) -> State:
        due = self.site.next_due
        return {
            "made_with": made_with(self.options),
            "inputs": "" if self.page_errors else self.inputs,
            "dated": any(name.startswith("now:") for record in self.records.values() for name in record["trace"]),
            "next_due": due.isoformat() if due and not self.options.future else None,
            "pages": self.records,
            "report": {**asdict(report), "output": ""},
        }

    def report(self, warnings: list[Problem]) -> Report:
        found = {path: size for path, (size, _) in self.stage.sizes.items()}
        return Report(
            output=self.workspace.output,
            pages=len(self.records),
            rendered=len(self.seconds),
            files=len(found),
            bytes=sum(found.values()),
            slowest=sorted(self.seconds.items(), key=lambda row: -row[1])[:3],
            largest=sorted(found.items(), key=lambda row: -row[1])[:3],
            warnings=warnings,
            problems=self.page_errors,
            drafts=[] if self.options.drafts else [page.source for page in self.site.drafts],
            future=[] if self.options.future else [page.source for page in self.site.future],
        )


_build: Build
_pages: Sequence[Page]


def make_page(number: int) -> Outcome:
    return _build.make(_pages[number])


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_fork() -> bool:
    """Return whether a copy of this process is safe to make: not while other threads may hold locks."""
    return hasattr(os, "fork") and threading.active_count() == 1
