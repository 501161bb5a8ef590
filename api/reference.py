"""The OpenAPI document as the context of a template, with references resolved."""

import json
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")

# A JSON object of the document or of the context.
type Node = dict[str, Any]


def reference(document: Node) -> Node:
    """Return the context of the template for an OpenAPI document.

    {"groups": [{"name", "description", "operations"}], "schemas": [{"name", "description", "fields", "example"}],
    "webhooks": operations}; an operation is {"id", "method", "path", "summary", "description", "parameters", "body",
    "responses"}, a field or parameter {"name", "type", "schema": the name of the schema it is, or None, "notes",
    "description"}.
    """
    operations = [
        (operation["tags"][0], _operation(document, method, path, operation))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]
    return {
        "groups": [
            {**tag, "operations": [operation for of, operation in operations if of == tag["name"]]}
            for tag in document["tags"]
        ],
        "webhooks": [
            _operation(document, method, name, operation)
            for name, item in document["webhooks"].items()
            for method, operation in item.items()
        ],
        "schemas": [_schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items())],
    }


def _operation(document: Node, method: str, path: str, operation: Node) -> Node:
    parameters = [_resolve(document, one) for one in operation.get("parameters", ())]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": [
            _field(one["name"], one["schema"], one.get("required"), one.get("description"), one["in"])
            for one in parameters
        ],
        "body": _content(operation.get("requestBody", {})),
        "responses": [
            {"status": status, **_response(_resolve(document, one))}
            for status, one in operation["responses"].items()
        ],
    }


def _response(response: Node) -> Node:
    return {
        "description": response["description"],
        "headers": list(response.get("headers", ())),
        "schema": _content(response),
    }


def _content(holder: Node) -> str | None:
    """Return the name of the schema of a body, None without one."""
    for content in holder.get("content", {}).values():
        return _name(content["schema"])
    return None


def _schema(name: str, schema: Node) -> Node:
    required = schema.get("required", ())
    return {
        "name": name,
        "description": schema.get("description", ""),
        "fields": [
            _field(field, one, field in required and not one.get("readOnly"))
            for field, one in schema.get("properties", {}).items()
        ],
        "example": "\n".join(json.dumps(one, indent=2, ensure_ascii=False) for one in schema.get("examples", ())),
    }


def _field(
    name: str,
    schema: Node,
    is_required: bool | None = False,
    description: str | None = None,
    place: str | None = None,
) -> Node:
    notes = [place] if place else []
    notes += ["required"] * bool(is_required) + ["read only"] * schema.get("readOnly", False)
    notes += [f"{word} {schema[key]}" for key, word in BOUNDS.items() if abs(schema.get(key, FAR)) < FAR]
    return {
        "name": name,
        "type": _type(schema),
        "schema": _name(schema),
        "notes": ", ".join(notes),
        "description": schema.get("description", "") if description is None else description,
    }


# The bounds of the database's integers are of no interest to readers.
FAR = 2**52
BOUNDS = {
    "minimum": "from",
    "maximum": "to",
    "maxLength": "at most this many characters:",
    "default": "default",
}


def _type(schema: Node) -> str:
    if "oneOf" in schema:
        return " or ".join(_type(one) for one in schema["oneOf"])
    if name := _name(schema):
        return name
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    kinds = schema.get("type", "anything")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "items" in schema:
        return f"list of {_type(schema['items'])}"
    return " or ".join(schema.get("format", kind) if kind == "string" else kind for kind in kinds)


def _name(schema: Node) -> str | None:
    """Return the name of the schema that this one refers to, None when it refers to none."""
    for one in (schema, *schema.get("allOf", ()), schema.get("items", {})):
        if "$ref" in one:
            return str(one["$ref"].rsplit("/", 1)[1])
    return None


def _resolve(document: Node, node: Node) -> Node:
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    target: Node = document["components"][kind][name]
    return target
