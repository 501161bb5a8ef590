"""The restricted template engine of pages.

It knows the layouts and pages of one folder and the layouts that come with sitegen; no settings, no
request, no other tag libraries. A page that loops too long is stopped.
"""

import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from types import FrameType
from typing import Any, Self

from django.template import Context, Engine, Origin, Template, TemplateDoesNotExist, TemplateSyntaxError
from django.template.loaders.base import Loader
from django.utils.safestring import SafeString

from .errors import PageLimitError, SiteError
from .metadata import split_page
from .pages import Folder
from .trace import depend

BUILT_IN = Path(__file__).parent / "templates" / "sitegen"
TEMPLATE_TAG = re.compile(r"{%(?:(?!{%|%}).)*%}|{{(?:(?!{{|}}).)*}}")
MAX_SECONDS = 10
MAX_BYTES = 5 * 1024 * 1024


class SiteLoader(Loader):
    """Loads layouts and includes by name, from the pages folder first, and notes them in the trace."""

    def __init__(self, engine: Engine, folder: Folder) -> None:
        super().__init__(engine)
        self.folder = folder
        self._compiled: dict[str, Template] = {}

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        depend("template", template_name)
        if skip:
            return super().get_template(template_name, skip)
        if template_name not in self._compiled:
            self._compiled[template_name] = super().get_template(template_name)
        return self._compiled[template_name]

    def get_template_sources(self, template_name: str) -> Iterator[Origin]:
        if path := self.folder.layouts.get(template_name):
            yield Origin(self.folder.place(path), template_name, self)
        built_in = BUILT_IN / template_name
        if built_in.parent == BUILT_IN and built_in.is_file():
            yield Origin(str(built_in), template_name, self)

    def get_contents(self, origin: Origin) -> str:
        path = self.folder.layouts.get(str(origin.template_name))
        if path and origin.name == self.folder.place(path):
            text = self.folder.read_text(path)
            return split_page(text, origin.name)[1]
        return Path(origin.name).read_text()


def make_engine(folder: Folder) -> Engine:
    """Return the engine for the templates of this folder."""
    return Engine(
        loaders=[("sitegen.engine.SiteLoader", folder)],
        libraries={"static": "sitegen.tags"},
        builtins=["sitegen.tags"],
        debug=True,  # for the line and text of an error; nothing else here looks at it
    )


def has_tags(text: str) -> bool:
    return "{%" in text or "{{" in text


def load_template(engine: Engine, name: str) -> Template:
    """Return the layout of this name. Raises TemplateDoesNotExist, or SiteError where it is broken."""
    try:
        return engine.get_template(name)
    except TemplateSyntaxError as error:
        raise located(error, name, 0) from error


class PageContext(Context):
    """The variables of a page, and its budget, which loops check in every iteration (tags.py)."""

    def __init__(self, variables: dict[str, Any], file: str) -> None:
        self.budget = Budget(file)
        super().__init__(variables)


class Budget:
    """The time and size of one page; `check` raises PageLimitError beyond MAX_SECONDS and MAX_BYTES."""

    def __init__(self, file: str) -> None:
        self.file, self.size = file, 0
        self.deadline = time.monotonic() + MAX_SECONDS

    def check(self, size: int) -> None:
        """Record that the page has reached this size."""
        self.size = size
        if size > MAX_BYTES:
            raise too_large(self.file)
        if time.monotonic() > self.deadline:
            raise too_slow(self.file)


def too_large(file: str) -> PageLimitError:
    return PageLimitError(file, f"is larger than {MAX_BYTES // 1024**2} MB")


def too_deep(file: str) -> PageLimitError:
    return PageLimitError(file, "has too many elements inside one another")


def too_slow(file: str) -> PageLimitError:
    return PageLimitError(file, f"runs for more than {MAX_SECONDS} seconds")


class Alarm:
    """A time limit of MAX_SECONDS: `with alarm:`, and within it `with alarm.over(file):` for each page.

    Budgets limit the loops of templates; this limits all else. Only the main thread of a process has an alarm.
    """

    def __enter__(self) -> Self:
        self.is_active = threading.current_thread() is threading.main_thread()
        if self.is_active:
            self.before = signal.signal(signal.SIGALRM, self._stop)
        return self

    def __exit__(self, *error: object) -> None:
        if self.is_active:
            signal.signal(signal.SIGALRM, self.before)

    @contextmanager
    def over(self, file: str) -> Iterator[None]:
        """Raise a PageLimitError inside if it takes too long."""
        self.file = file
        if self.is_active:
            signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
        try:
            yield
        finally:
            if self.is_active:
                signal.setitimer(signal.ITIMER_REAL, 0)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        raise too_slow(self.file)


def render_template(
    template: Template | tuple[str, str, Engine], variables: dict[str, Any], first_line: int = 0
) -> SafeString:
    """Return what `template`, a Template or a (text, name, engine), makes of these variables.

    `first_line` counts the lines that were taken off the top of the file before.

    Raises SiteError with file, line, column and the text that is wrong; PageLimitError for a page that
    takes more than MAX_SECONDS or grows beyond MAX_BYTES.
    """
    name = template.origin.name if isinstance(template, Template) else template[1]
    try:
        if not isinstance(template, Template):
            text, name, engine = template
            template = Template(text, Origin(name, name), name, engine)
        html = template.render(PageContext(variables, name))
    except MemoryError:
        raise PageLimitError(name, "needs more memory than there is") from None
    except SiteError:
        raise
    # Whatever a tag or filter raises is a mistake in the page, to be shown where it stands.
    except Exception as error:
        raise located(error, name, first_line) from error
    if len(html) > MAX_BYTES:
        raise too_large(name)
    return html


def located(error: Exception, name: str, first_line: int) -> SiteError:
    """Return the SiteError that says where in which file a template's error is."""
    reason = reason_of(error)
    place = getattr(error, "template_debug", None)
    if not place:
        return SiteError(name, reason)
    line = place["line"] + (first_line if place["name"] == name else 0)
    column = len(unescape(place["before"])) + 1
    excerpt = unescape(place["before"] + place["during"] + place["after"]).rstrip("\n")
    return SiteError(place["name"], reason, line, column, excerpt)


def reason_of(error: Exception) -> str:
    if isinstance(error, TemplateDoesNotExist):
        return f"there is no template “{error}”"
    if isinstance(error, RecursionError):
        return "includes or extends itself without end"
    if isinstance(error, TemplateSyntaxError):
        # Django names the file and a line that does not count the front matter; both are said already.
        return re.sub(r" on line \d+", "", re.sub(r"^Template: .*?, ", "", str(error), flags=re.DOTALL))
    return f"{type(error).__name__}: {error}"
