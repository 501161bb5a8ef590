"""The steps of a build: render what is stale, link what is not, write the rest, check, publish."""

import gc
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from itertools import batched, chain

from .assets import plain_name
from .checks import check_site
from .document import Facts
from .errors import BuildError, Problem, SiteError
from .feeds import machine_files
from .folder import Folder
from .pages import Page
from .render import Rendered, RenderedSite, fingerprint
from .settings import Options
from .stage import MARKER, Stage, Stats, stats
from .workspace import PageRecord, Report, State, Workspace

PAGES_WORTH_PROCESSES = 200
BATCH = 8  # pages that a process takes at once


# The slug of a page, and its record, or what is wrong with it.
type Outcome = tuple[str, PageRecord | Problem]


class Build:
    """One build, from the pages folder to the workspace to the output."""

    def __init__(
        self, folder: Folder, workspace: Workspace, options: Options, state: State, now: datetime
    ) -> None:
        self.workspace, self.options, self.old_state = workspace, options, state
        self.inputs = folder.fingerprint()  # reads everything once, so that all processes see the same
        self.site = RenderedSite(folder, options, now, hashed=True)
        self.stage = Stage(workspace.next, workspace.output, state.get("files", {}), options.release)
        self.problems = [error.problem for error in self.site.problems]
        self.records: dict[str, PageRecord] = {}

    def run(self, only: Sequence[str] = (), strict: bool = False, processes: int | None = None) -> Report:
        """Build the pages that changed, or the `only` ones named, and publish the site. Raises BuildError."""
        wanted = self.named_pages(only) if only else self.stale_pages()
        for slug, outcome in self.outcomes(wanted, processes or processors()):
            if isinstance(outcome, Problem):
                self.problems.append(outcome)
            else:
                self.records[slug] = outcome
        self.write_assets()
        if not only:
            for path, make in machine_files(self.site, self.facts).items():
                with self.collecting(path):
                    self.stage.write(path, make().encode())
        if self.problems:
            raise BuildError(self.problems)
        self.stage.write(MARKER, b'{"made by": "sitegen"}\n')
        files = stats(self.stage.folder)
        warnings = check_site(self.site, self.facts(), files)
        if strict and warnings:
            raise BuildError(warnings)
        return self.publish(files, len(wanted), warnings, is_whole=not only)

    @contextmanager
    def collecting(self, file: str) -> Iterator[None]:
        """Add what is raised inside to the problems of the build, as one of this file."""
        try:
            yield
        except Exception as error:
            self.problems.append(problem_of(error, file))

    # Pages

    def stale_pages(self) -> list[Page]:
        """Return the pages that are to be rendered, and keep all others."""
        pages = []
        for page in self.site.pages:
            record = self.old_state.get("pages", {}).get(page.slug)
            if record and self.is_current(page, record) and self.stage.keep(record["file"]):
                self.records[page.slug] = record
            else:
                pages.append(page)
        return pages

    def is_current(self, page: Page, record: PageRecord) -> bool:
        """Whether a page was made from what is there now."""
        try:
            return record["digest"] == page.digest and all(
                fingerprint(self.site, name) == value for name, value in record["trace"].items()
            )
        except SiteError:
            return False

    def named_pages(self, names: Sequence[str]) -> list[Page]:
        """Return the pages of these names, and keep everything that is in the output."""
        self.records = dict(self.old_state.get("pages", {}))
        self.stage.keep_output()
        slugs = {name.strip("/").removesuffix("/index") or "index": name for name in names}
        unknown = [f"there is no page “{name}”" for slug, name in slugs.items() if slug not in self.site.by_slug]
        if unknown:
            raise BuildError(Problem(str(self.site.folder.root), None, reason) for reason in unknown)
        return [self.site.by_slug[slug] for slug in slugs]

    def outcomes(self, pages: Sequence[Page], processes: int) -> Iterator[Outcome]:
        """Render and write the pages, many of them in several processes."""
        batches = list(batched(pages, BATCH))
        # With other threads, which may hold locks, no copy of this process is safe to make.
        if processes == 1 or len(pages) < PAGES_WORTH_PROCESSES or threading.active_count() > 1:
            yield from chain.from_iterable(map(self.make, batches))
            return
        # Here, since most builds render a few pages.
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool
        from multiprocessing import get_context

        gc.freeze()  # else each process would copy what it collects
        global _make
        _make = lambda number: self.make(batches[number])  # noqa: E731
        with ProcessPoolExecutor(processes, get_context("fork")) as pool:
            try:
                yield from chain.from_iterable(pool.map(make_numbered, range(len(batches))))
            except BrokenProcessPool:
                raise SiteError("sitegen", "a process that rendered pages was killed") from None

    def make(self, pages: Sequence[Page]) -> list[Outcome]:
        """Render some pages, then write them.

        Not one after the other: compression takes the processor's cache from all else, a tenth of a full build.
        """
        rendered = [(page, self.render(page)) for page in pages]
        return [(page.slug, self.write(page, result)) for page, result in rendered]

    def render(self, page: Page) -> Rendered | Problem:
        try:
            return self.site.render(page)
        except Exception as error:
            return problem_of(error, self.site.folder.place(page.source))

    def write(self, page: Page, rendered: Rendered | Problem) -> PageRecord | Problem:
        if isinstance(rendered, Problem):
            return rendered
        # Of two pages with one address, which is an error anyway, one has the file.
        if self.site.by_slug[page.slug] is page:
            self.stage.write(page.file, rendered.html.encode())
        return {"digest": page.digest, "trace": rendered.trace, "facts": rendered.facts, "file": page.file}

    def facts(self) -> dict[str, Facts]:
        return {slug: record["facts"] for slug, record in self.records.items()}

    # Assets

    def write_assets(self) -> None:
        """Write the folder's assets, and those of sitegen's own that a page uses."""
        assets = self.site.assets
        used = {*assets.own, *filter(assets.__contains__, self.traced("asset"))}
        families: set[str] = set()
        for path in sorted(used):
            with self.collecting(self.site.folder.place(path)):
                families.update(assets.family(path))
        for path in sorted(families):
            with self.collecting(self.site.folder.place(path)):
                # Scripts and other sites may ask for a file by its own name.
                self.write_asset(
                    path, {assets.address(path), f"/{plain_name(path)}"}, partial(assets.finished, path)
                )
        for path in sorted(self.traced("variants")):
            with self.collecting(self.site.folder.place(path)):
                for width, address in assets.variants(path):
                    self.write_asset(path, {address}, partial(assets.variant, path, width))

    def traced(self, kind: str) -> set[str]:
        """Return the names of this kind in the traces of all pages."""
        names = {name for record in self.records.values() for name in record["trace"]}
        return {name.removeprefix(f"{kind}:") for name in names if name.startswith(f"{kind}:")}

    def write_asset(self, path: str, addresses: set[str], content: Callable[[], bytes]) -> None:
        names = [address[1:] for address in addresses]
        if self.site.assets.is_hashed(path) and all(self.stage.keep(name) for name in names):
            return
        data = content()
        for name in names:
            self.stage.write(name, data)

    # The end

    def publish(self, files: Stats, rendered: int, warnings: list[Problem], is_whole: bool) -> Report:
        report = Report(
            output=self.workspace.output,
            pages=len(self.records),
            rendered=rendered,
            files=len(files),
            bytes=sum(size for size, _ in files.values()),
            warnings=warnings,
            left_out={
                why: sorted(page.source for page, reason in self.site.left_out.items() if reason == why)
                for why in sorted(set(self.site.left_out.values()))
            },
        )
        due = self.site.next_due
        # A page with the time of the build may have to be rendered again at any time.
        can_stay = is_whole and not self.traced("now")
        state: State = {
            "made_with": self.old_state["made_with"],
            "inputs": self.inputs if can_stay else "",
            "next_due": due.isoformat() if due else None,
            "pages": self.records,
            "report": {**asdict(report), "output": ""},
            "files": files,
        }
        self.workspace.publish(state, sync=self.options.release)
        return report


def problem_of(error: Exception, file: str) -> Problem:
    """Return what to say of an error: of one that nobody expected, its kind and its words."""
    return (
        error.problem if isinstance(error, SiteError) else Problem(file, None, f"{type(error).__name__}: {error}")
    )


_make: Callable[[int], list[Outcome]]  # inherited by the processes that are forked


def make_numbered(number: int) -> list[Outcome]:
    return _make(number)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
