"""How one build is made: render what is stale, link what is not, write the rest, check, publish."""

import time
from dataclasses import asdict
from itertools import batched, chain
from typing import NamedTuple

from .build import Report, made_with
from .checks import check_site
from .engine import Alarm
from .errors import BuildError, Problem, SiteError
from .feeds import machine_files
from .heap import keep_freed_memory
from .pages import digest
from .render import RenderedSite
from .stage import Stage
from .workers import can_fork, processors, spread

PAGES_WORTH_PROCESSES = 200
BATCH = 16  # pages of which one process does a step for all before the next


class Outcome(NamedTuple):
    """What came of one page: its record, or what is wrong with it."""

    slug: str
    record: dict | None = None
    written: dict = {}
    new_codes: dict = {}
    seconds: float = 0
    problem: Problem | None = None
    fatal: bool = False


class Build:
    """One build, from the pages folder to the workshop to the output."""

    def __init__(self, folder, workshop, memory, options, state, now):
        self.workshop, self.options, self.now = workshop, options, now
        self.old_state, self.old_pages = state, state.get("pages", {})
        self.memory, self.new_codes = memory, {}
        self.site = RenderedSite(
            folder, options, now, hashed=True, read_head=self.memory.read_head, highlight=self.memory.highlight
        )
        self.problems = [error.problem for error in self.site.problems]
        self.runaways, self.records, self.seconds = [], {}, {}
        self.alarm = Alarm()

    def run(self, only=(), strict=False, processes=None, progress=None):
        """Build, and return the Report."""
        keep_freed_memory()
        try:
            self.stage = Stage(self.workshop, self.old_state, self.options.release)
            self.render_pages(only, processes, progress)
            self.write_assets()
            self.write_machine_files(only)
            self.refuse_problems()
            warnings = check_site(self.site, self.facts(), self.stage.files)
            if strict and warnings:
                raise BuildError(warnings)
            report = self.report(warnings)
            self.workshop.publish(self.stage, self.state(report), sync=self.options.release)
            self.memory.save(self.new_codes, len(self.site.written))
        except BaseException:
            self.workshop.abandon()
            raise
        return report

    # Pages

    def render_pages(self, only, processes, progress):
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

    def named(self, names):
        slugs = [name.strip("/").removesuffix("/index") or "index" for name in names]
        unknown = [name for name, slug in zip(names, slugs, strict=True) if slug not in self.site.by_slug]
        self.problems += [
            Problem(str(self.site.folder.root), None, f"there is no page “{name}”") for name in unknown
        ]
        return [self.site.by_slug[slug] for slug in dict.fromkeys(slugs) if slug in self.site.by_slug]

    def is_stale(self, page):
        """Return whether anything the page was made from is not as it was."""
        record = self.old_pages.get(page.slug)
        if not record or record["digest"] != page.digest:
            return True
        try:
            return any(self.site.fingerprint(name) != value for name, value in record["trace"].items())
        except (SiteError, LookupError):
            return True

    def keep_pages(self, slugs):
        for slug in slugs:
            self.records[slug] = self.old_pages[slug]
            self.stage.keep(self.old_pages[slug]["file"])

    def outcomes(self, pages, processes):
        processes, batches = processes or processors(), list(batched(pages, BATCH))
        if processes > 1 and len(pages) >= PAGES_WORTH_PROCESSES and can_fork():
            return chain.from_iterable(spread(self.make, batches, processes))
        return chain.from_iterable(map(self.make, batches))

    def make(self, pages):
        """Render some pages, then write them, and return their Outcomes.

        Not one after the other: the tables of compression take the processor's cache from all else, every time.
        """
        rendered = [(page, *self.render(page)) for page in pages]
        return [self.write(*each) for each in rendered]

    def render(self, page):
        """Return the page Rendered, or the SiteError that says why it cannot be, and the seconds it took."""
        started = time.perf_counter()
        try:
            with self.alarm.over(self.site.folder.place(page.source)):
                rendered = self.site.render(page)
        except SiteError as error:
            rendered = error
        return rendered, time.perf_counter() - started

    def write(self, page, rendered, seconds):
        """Write a page, if it is one by now, and return the Outcome."""
        if isinstance(rendered, SiteError):
            return Outcome(page.slug, problem=rendered.problem, fatal=rendered.fatal)
        content = rendered.html.encode()
        # Of two pages with one address, which are an error by now, one has the file.
        written = self.stage.write(page.file, content) if self.site.by_slug[page.slug] is page else {}
        record = {
            "digest": page.digest,
            "trace": rendered.trace,
            "facts": vars(rendered.facts),
            "file": page.file,
            "key": digest(content),
        }
        return Outcome(page.slug, record, written, self.memory.take_new_codes(), seconds)

    def take(self, outcome):
        if outcome.problem:
            (self.problems if outcome.fatal else self.runaways).append(outcome.problem)
            return
        self.records[outcome.slug] = outcome.record
        self.stage.take(outcome.record["file"], outcome.record["key"], outcome.written)
        self.seconds[outcome.slug] = outcome.seconds
        self.new_codes |= outcome.new_codes

    def facts(self):
        return {slug: record["facts"] for slug, record in self.records.items()}

    # Assets and machine-readable files

    def write_assets(self):
        """Write the folder's assets, and those of sitegen's own that a page uses."""
        assets = self.site.assets
        used = {name for record in self.records.values() for name in record["trace"]}
        asked = {name.removeprefix("asset:") for name in used if name.startswith("asset:")}
        try:
            families = [
                assets.family(path) for path in {*self.site.folder.assets, *filter(assets.__contains__, asked)}
            ]
            for path in sorted({path for family in families for path in family}):
                self.stage.put(
                    assets.address(path)[1:], assets.name(path), lambda path=path: assets.finished(path)
                )
            for path in sorted(name.removeprefix("variants:") for name in used if name.startswith("variants:")):
                for width, address in assets.variants(path) if path in assets else ():
                    key = digest(assets.name(path), str(width))
                    self.stage.put(address[1:], key, lambda path=path, width=width: assets.variant(path, width))
        except SiteError as error:
            self.problems.append(error.problem)

    def write_machine_files(self, only):
        if not only:
            for path, text in machine_files(self.site, self.facts()).items():
                self.stage.put(path, digest(text), text.encode)

    # The end

    def refuse_problems(self):
        if self.problems:
            raise BuildError(self.problems + self.runaways)

    def state(self, report):
        due = self.site.next_due
        return {
            "made_with": made_with(self.options),
            "inputs": "" if self.runaways else self.inputs,
            "dated": any(name.startswith("now:") for record in self.records.values() for name in record["trace"]),
            "next_due": due.isoformat() if due and not self.options.future else None,
            "pages": self.records,
            "report": {**asdict(report), "output": ""},
        }

    def report(self, warnings):
        found = {path: size for path, (size, _) in self.stage.sizes.items()}
        return Report(
            output=self.workshop.output,
            pages=len(self.records),
            rendered=len(self.seconds),
            files=len(found),
            bytes=sum(found.values()),
            slowest=sorted(self.seconds.items(), key=lambda row: -row[1])[:3],
            largest=sorted(found.items(), key=lambda row: -row[1])[:3],
            warnings=warnings,
            problems=self.runaways,
            drafts=[] if self.options.drafts else [page.source for page in self.site.drafts],
            future=[] if self.options.future else [page.source for page in self.site.future],
        )
