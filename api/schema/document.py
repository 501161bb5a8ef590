"""The document as a whole."""

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator

from .examples import EXAMPLES
from .responses import ERROR_SCHEMA, ERRORS, HEADERS, PARAMETERS, PROBLEM_SCHEMA, TEXT, Node, error_response, ref
from .webhook import MESSAGE_SCHEMA, webhook


@cache
def openapi() -> Node:
    """Return the document as JSON values. It is the same for all users, so it is generated once."""
    with override(settings.LANGUAGE_CODE):
        document: Node = SchemaGenerator().get_schema(request=None, public=True)
        return document


def complete(result: Node, **kwargs: Any) -> Node:
    """Add what operations share. A postprocessing hook of drf-spectacular."""
    components = result["components"]
    schemas = components["schemas"]
    schemas["Error"] = ERROR_SCHEMA
    schemas["Problem"] = PROBLEM_SCHEMA
    schemas["Message"] = MESSAGE_SCHEMA
    for name, schema in schemas.items():
        _add_uri_formats(schema)
        _modernize(schema)
        if name in EXAMPLES:
            schema["examples"] = [EXAMPLES[name]]
    components["headers"] = {
        name: {"description": description, "schema": schema} for name, (description, schema) in HEADERS.items()
    }
    components["parameters"] = {
        key: {"name": name, "in": "header", "description": description, "schema": TEXT}
        for key, (name, description) in PARAMETERS.items()
    }
    components["responses"] = {name: error_response(status) for status, (name, _) in ERRORS.items()}
    components["responses"]["NotModified"] = {
        "description": "The client has the current representation.",
        "headers": {"ETag": ref("headers", "ETag")},
    }
    result["webhooks"] = {"change": {"post": webhook()}}
    return result


def _add_uri_formats(schema: Node) -> None:
    for link in schema.get("properties", {}).get("links", {}).get("properties", {}).values():
        link["format"] = "uri"


def _modernize(node: Any) -> None:
    """Translate `nullable` from OpenAPI 3.0 to 3.1, and drop the bounds of enumerations."""
    if isinstance(node, dict):
        if node.pop("nullable", False):
            node["type"] = [node["type"], "null"]
        if "allOf" in node:
            node.pop("minimum", None)
            node.pop("maximum", None)
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            _modernize(one)
