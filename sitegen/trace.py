"""What a page depends on, and the variables that are not there, recorded while it is rendered.

A trace holds names such as `template:base.html`, `data:team` or `collection:blog`. A later build asks
`fingerprint` (render.py) for what those names stand for now, and renders a page again only where one differs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.template import Context, Template, Variable, VariableDoesNotExist
from django.template.base import FilterExpression, Node
from django.template.defaulttags import FirstOfNode, IfChangedNode

WITH_DEFAULT = {"default", "default_if_none"}
MAY_BE_MISSING = (FirstOfNode, IfChangedNode)
BRACES_AS_TEXT = "for braces as text: “template: false”, or {% verbatim %}"


class Unknown(NamedTuple):
    """A variable of a template that is not there: its file, its text, and the name that is missing.

    `is_attribute` says that something is there, but has no such name.
    """

    file: str
    text: str
    name: str
    is_attribute: bool


class Recording(NamedTuple):
    names: set[str]
    unknown: dict[Unknown, None]


_recording: ContextVar[Recording | None] = ContextVar("sitegen_recording", default=None)


@contextmanager
def recording() -> Iterator[Recording]:
    """Yield what collects every dependency, and every unknown variable, found inside."""
    found = Recording(set(), {})
    token = _recording.set(found)
    try:
        yield found
    finally:
        _recording.reset(token)


def depend(kind: str, name: str = "") -> None:
    """Record that the page being rendered, if any, depends on this."""
    if found := _recording.get():
        found.names.add(f"{kind}:{name}")


class NotedVariable(Variable):
    """A variable that is noted where it is not there."""

    def __init__(self, var: str, file: str) -> None:
        super().__init__(var)
        self.text, self.file = var, file

    def resolve(self, context: Any) -> Any:
        try:
            return super().resolve(context)
        except VariableDoesNotExist as error:
            name, where = str(error.params[0]), error.params[1]
            if found := _recording.get():
                found.unknown[Unknown(self.file, self.text, name, not isinstance(where, Context))] = None
            raise


def note_variables(template: Template) -> Template:
    """Have the variables noted that a template shows, loops over or hands on, but for those with a default.

    Those of conditions are none of them, as they are no expressions of their nodes.
    """
    for node in template.nodelist.get_nodes_by_type(Node):
        for value in () if isinstance(node, MAY_BE_MISSING) else list(vars(node).values()):
            values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
            for expression in values:
                if isinstance(expression, FilterExpression):
                    note(expression, node.origin.name)
    return template


def note(expression: FilterExpression, file: str) -> None:
    has_default = any(getattr(function, "__name__", "") in WITH_DEFAULT for function, _ in expression.filters)
    if isinstance(expression.var, Variable) and expression.var.lookups and not has_default:
        expression.var = NotedVariable(str(expression.var.var), file)
