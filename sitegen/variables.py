"""Variables that are not there: templates show nothing in their place, and a build warns."""

from typing import Any

from django.template import Context, Template, Variable, VariableDoesNotExist
from django.template.base import FilterExpression, Node
from django.template.defaulttags import FirstOfNode, IfChangedNode

from .trace import Unknown, note_unknown

WITH_DEFAULT = {"default", "default_if_none"}
MAY_BE_MISSING = (FirstOfNode, IfChangedNode)


class NotedVariable(Variable):
    """A variable that is noted where it is not there."""

    def __init__(self, var: str, file: str) -> None:
        super().__init__(var)
        self.text, self.file = var, file

    def resolve(self, context: Any) -> Any:
        try:
            return super().resolve(context)
        except VariableDoesNotExist as error:
            name, found = str(error.params[0]), error.params[1]
            note_unknown(Unknown(self.file, self.text, name, not isinstance(found, Context)))
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
