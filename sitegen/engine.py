"""The restricted template engine of pages.

It knows the layouts and pages of one folder and the layouts that come with sitegen; no settings, no
request, no other tag libraries.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Origin, Template, TemplateDoesNotExist, TemplateSyntaxError
from django.template.loaders.cached import Loader as CachedLoader
from django.utils.safestring import SafeString

from .errors import SiteError
from .folder import Folder
from .metadata import line_at, split_page
from .trace import BRACES_AS_TEXT, depend, note_variables

BUILT_IN = Path(__file__).parent / "templates" / "sitegen"
TEMPLATE_TAG = re.compile(r"{%(?:(?!{%|%}).)*%}|{{(?:(?!{{|}}).)*}}")


class SiteLoader(CachedLoader):
    """Loads layouts and includes by name, from the pages folder first, and notes them in the trace."""

    def __init__(self, engine: Engine, folder: Folder) -> None:
        super().__init__(engine, [])
        self.folder = folder

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        depend("template", template_name)
        is_new = self.cache_key(template_name, skip) not in self.get_template_cache
        template = super().get_template(template_name, skip)
        return note_variables(template) if is_new else template

    def get_template_sources(self, template_name: str) -> Iterator[Origin]:
        if path := self.folder.layouts.get(template_name):
            yield Origin(self.folder.place(path), template_name, self)
        built_in = BUILT_IN / template_name
        if built_in.parent == BUILT_IN and built_in.is_file():
            yield Origin(str(built_in), template_name, self)

    def get_contents(self, origin: Origin) -> str:
        path = self.folder.layouts.get(str(origin.template_name))
        if path and origin.name == self.folder.place(path):
            return split_page(self.folder.read_text(path), origin.name)[1]
        return Path(origin.name).read_text()


def make_engine(folder: Folder) -> Engine:
    """Return the engine for the templates of this folder."""
    return Engine(
        loaders=[("sitegen.engine.SiteLoader", folder)],
        libraries={"static": "sitegen.tags"},
        builtins=["sitegen.tags"],
        debug=True,  # for the line and text of an error; nothing else here looks at it
    )


@cache
def own_templates() -> Engine:
    return Engine(dirs=[str(BUILT_IN)])


def render_own(name: str, **variables: Any) -> SafeString:
    """Return what one of sitegen's own templates makes of these variables, whatever the folder has by that name."""
    return own_templates().get_template(name).render(Context(variables))


def render_layout(engine: Engine, layout: str, file: str, variables: dict[str, Any]) -> SafeString:
    """Return what a layout makes of the variables of the page in `file`. Raises as `render_text` does."""
    return render(lambda: engine.get_template(layout), file, variables)


def render_text(engine: Engine, text: str, file: str, variables: dict[str, Any], markdown: str = "") -> SafeString:
    """Return what the text of a file makes of these variables as a template; it may be HTML made of `markdown`.

    Raises SiteError with file, line and column.
    """
    return render(
        lambda: note_variables(Template(text, Origin(file, file), file, engine)), file, variables, markdown
    )


def render(get: Callable[[], Template], file: str, variables: dict[str, Any], markdown: str = "") -> SafeString:
    try:
        return get().render(Context(variables))
    except SiteError:
        raise
    except Exception as error:  # whatever a tag or filter raises is a mistake in the page
        raise located(error, file, markdown) from error


def located(error: Exception, file: str, markdown: str) -> SiteError:
    """Return the SiteError that says where in which file a template's error is."""
    reason, place = reason_of(error), getattr(error, "template_debug", None)
    if not place:
        return SiteError(file, reason)
    if not markdown or place["name"] != file:
        return SiteError(place["name"], reason, place["line"], len(unescape(place["before"])) + 1)
    start = max(0, markdown.find(unescape(place["during"])))
    column = start - markdown.rfind("\n", 0, start)
    return SiteError(file, f"{reason} ({BRACES_AS_TEXT})", line_at(markdown, start), column)


def reason_of(error: Exception) -> str:
    if isinstance(error, TemplateDoesNotExist):
        return f"there is no template “{error}”"
    if isinstance(error, RecursionError):
        return "includes or extends itself without end"
    if isinstance(error, TemplateSyntaxError):
        # Django names the file and a line that does not count the front matter; both are said already.
        return re.sub(r" on line \d+", "", re.sub(r"^Template: .*?, ", "", str(error), flags=re.DOTALL))
    return f"{type(error).__name__}: {error}"
