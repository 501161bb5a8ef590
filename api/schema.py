"""The API as an OpenAPI 3.1 document: what drf-spectacular reads off the views, and what no view says.

Views and serializers give paths, parameters and fields. The tables below add what all of them have in common:
summaries, headers, what can go wrong, examples, and what webhooks are sent.
"""

from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import override
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiViewExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from board.history.schema import EXTRAS

from .models import KINDS
from .serializers import EventQuery, EventSerializer, TaskSerializer

SUMMARIES = {
    "list": "List {many}",
    "retrieve": "Show a {one}",
    "create": "Add a {one}",
    "update": "Replace a {one}",
    "partial_update": "Change some fields of a {one}",
    "destroy": "Remove a {one}",
    "move": "Move a task to a place in a column",
}
DESCRIPTIONS = {
    "create": "Fields that are left out get their defaults; read-only fields may be sent, and are ignored.",
    "update": "Fields that are left out stay as they are. Read-only fields may be sent back as they came.",
    "partial_update": "The rules are judged on the resource as it would be, not on the sent fields alone.",
    "destroy": "A sprint that still has tasks is not removed.",
    "move": "Moving to where the task stands changes nothing. The dates follow from the status.",
}
SINGULAR = {"sprints": "sprint", "tasks": "task", "users": "person"}
PLURAL = SINGULAR | {"sprints": "sprints", "tasks": "tasks", "users": "people"}
TAGS = {
    "sprints": "A few weeks of work with an end date. No two end on the same day.",
    "tasks": "What is to be done: a card in a column of a sprint's board, or in the backlog.",
    "users": "Who takes part.",
    "events": "The log of all changes, to follow without missing any.",
    "token": "A token for who has a password; the page /profile/tokens/ makes others.",
    "start": "Where to go from here.",
}

# What the query parameters mean, beside what spectacular says of them.
QUERY = {
    "assigned": {"description": "The tasks of the people with these user names."},
    "backlog": {
        "description": "`true`: the tasks without a sprint; `false`: those in one.",
        "schema": {"enum": ["true", "false"]},
    },
    "cursor": {"description": "Where a page by cursor begins: follow `next` instead of making one."},
    "end_max": {"description": "The last end date to show."},
    "end_min": {"description": "The first end date to show."},
    "page": {"description": "Which page, from 1 on.", "schema": {"type": "integer", "minimum": 1}},
    "page_size": {
        "description": "How many rows a page has.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
    },
    "paging": {
        "description": "`cursor`: pages in the order of the ids, which no row is missing from when others are removed.",
        "schema": {"enum": ["cursor"]},
    },
    "since": {"description": "The sequence number that the client has: what comes after it is shown."},
    "sprint": {"description": "The tasks of the sprints with these ids."},
    "status": {"description": "The tasks with these statuses: 1 Not Started, 2 In Progress, 3 Testing, 4 Done."},
    "wait": {"description": "How many seconds to wait for the first event, when there is none yet."},
}
# What the fields mean, by the name of the schema; "" is the schema itself.
FIELDS = {
    "Sprint": {
        "": "A few weeks of work.",
        "end": "The last day; no other sprint ends on it. A new one can't be in the past.",
    },
    "Task": {
        "": "A card of the board.",
        "sprint": "The id of its sprint, null in the backlog.",
        "order": "Its sort key within its column: free to set, but `move` is what keeps the order of others.",
        "assigned": "The user name of who does it.",
        "started": "Needs a status beyond Not Started; follows from the status when it is left out.",
        "completed": "Needs the status Done; follows from the status when it is left out.",
        "version": "The sequence number of the last change.",
    },
    "User": {
        "": "A person.",
        "username": "What the person logs in with.",
        "is_active": "Whether the person may log in.",
    },
    "Event": {
        "": "One line of the log.",
        "seq": "The sequence number: gapless, in the order of the commits.",
        "by": "The user name of who made the change, null for the system.",
        "id": "Of the task or sprint that changed.",
        "sprint": "The sprint after the change.",
        "changes": "{field: [before, after]}. Beside the fields, where they apply: "
        + "; ".join(f"`{name}`, {extra.help}" for name, extra in EXTRAS.items())
        + ".",
    },
}

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
WITH_BODY = {"POST", "PUT", "PATCH"}

# A JSON object of the document.
type Node = dict[str, Any]


class Schema(AutoSchema):
    """One operation: its texts, its headers, and its answers when something is wrong."""

    def get_operation(self, *args: Any) -> Node | None:
        operation = super().get_operation(*args)
        if operation is None:
            return None
        self._describe_query(operation)
        self._add_headers(operation)
        for status in sorted(self._problems()):
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"}
        return operation

    def get_tags(self) -> list[str]:
        return [self._collection if self._collection in TAGS else "start"]

    def get_summary(self) -> str:
        summary = SUMMARIES.get(self._action or "")
        if summary is None:
            return self.get_description().split("\n")[0].split(": ")[0].rstrip(".")
        return summary.format(one=SINGULAR[self._collection], many=PLURAL[self._collection])

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        return DESCRIPTIONS.get(self._action or "") or super().get_description()

    def get_response_serializers(self) -> Any:
        return TaskSerializer() if self._action == "move" else super().get_response_serializers()

    @property
    def _collection(self) -> str:
        return self.path.removeprefix("/api/").split("/")[0]

    @property
    def _action(self) -> str | None:
        return getattr(self.view, "action", None)

    @property
    def _is_resource(self) -> bool:
        return self._collection in SINGULAR

    @property
    def _is_once(self) -> bool:
        """Whether the operation can be asked for under a key, so that it is done once."""
        return self._action in ("create", "move")

    def _describe_query(self, operation: Node) -> None:
        view: Any = self.view
        for parameter in operation.get("parameters", ()):
            name = parameter["name"]
            if name == "search":
                parameter["description"] = f"Words that are in {' or '.join(view.search_fields)}."
            elif name == "ordering":
                fields = ", ".join(f"`{field}`" for field in view.ordering_fields)
                parameter["description"] = f"By {fields}, several with commas between; `-` turns one round."
            elif parameter["in"] == "query":
                parameter.update(QUERY.get(name, {}))

    def _add_headers(self, operation: Node) -> None:
        sent = operation.pop("parameters", [])
        has_tag = self._is_resource or self._collection in ("events", "schema", "")
        if has_tag and self.method == "GET":
            sent.append(_ref("parameters", "IfNoneMatch"))
            operation["responses"]["304"] = _ref("responses", "NotModified")
        if self._action in ("update", "partial_update", "destroy", "move"):
            sent.append(_ref("parameters", "IfMatch"))
        if self._is_once:
            sent.append(_ref("parameters", "IdempotencyKey"))
        if sent:
            operation["parameters"] = sent
        for status, text in {"200": "The answer.", "201": "It was added."}.items():
            if answer := operation["responses"].get(status):
                answer["description"] = text
                names = ["ETag"] * has_tag + ["Location"] * (status == "201")
                names += ["Link"] * (self._action == "list" or self._collection == "events")
                if names:
                    answer["headers"] = {name: _ref("headers", name) for name in names}

    def _problems(self) -> set[int]:
        """Return the statuses of what can go wrong, of those in `PROBLEMS`."""
        problems = {406, 429, 503}
        if self.view.authentication_classes:
            problems |= {401}
        if self.method in UNSAFE:
            problems |= {507}
        if self.method in UNSAFE and self.view.authentication_classes:
            problems |= {403, 409}
        if self.method in WITH_BODY:
            problems |= {400, 413, 415}
        if self._action in ("list", "destroy") or self._collection == "events":
            problems |= {400}
        if "{" in self.path:
            problems |= {404}
        if self._action in ("update", "partial_update", "destroy", "move"):
            problems |= {412}
        if self._is_once:
            problems |= {422}
        if self._collection == "events":
            problems |= {410}
        return problems


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


# What spectacular cannot read off a class


class BasicScheme(OpenApiAuthenticationExtension):
    target_class = "rest_framework.authentication.BasicAuthentication"
    match_subclasses = True
    name = "basic"

    def get_security_definition(self, auto_schema: AutoSchema) -> Node:
        return {"type": "http", "scheme": "basic", "description": "User name and password."}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> Node:
        description = "`Authorization: Token lb_…`, as clients of old say it."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": description}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> Node:
        return {"type": "http", "scheme": "bearer", "description": "The same token: `Authorization: Bearer lb_…`."}


class EventsView(OpenApiViewExtension):
    target_class = "api.views.EventsView"

    def view_replacement(self) -> type[APIView]:
        fields: dict[str, Any] = {
            "newest": serializers.IntegerField(help_text="The newest sequence number there is."),
            "next": serializers.URLField(
                allow_null=True, help_text="Where there is more, null when there is none."
            ),
            "events": EventSerializer(many=True),
        }
        page = inline_serializer("Events", fields)

        class Described(self.target):  # type: ignore[misc, name-defined]  # known at run time
            @extend_schema(operation_id="events_list", parameters=[EventQuery], responses=page)
            def get(self, request: Request) -> None:
                """List what changed after a sequence number: `?since=n`, `wait=25` waits for the first event."""

        return Described


class RootView(OpenApiViewExtension):
    target_class = "api.views.RootView"

    def view_replacement(self) -> type[APIView]:
        names = ("sprints", "tasks", "users")
        root = inline_serializer("Root", {name: serializers.URLField() for name in names})

        class Described(self.target):  # type: ignore[misc, name-defined]  # known at run time
            @extend_schema(operation_id="root", responses=root)
            def get(self, request: Request) -> None:
                """List the collections."""

        return Described


class SchemaView(OpenApiViewExtension):
    target_class = "api.views.SchemaView"

    def view_replacement(self) -> type[APIView]:
        class Described(self.target):  # type: ignore[misc, name-defined]  # known at run time
            @extend_schema(operation_id="schema", responses={200: OpenApiTypes.OBJECT})
            def get(self, request: Request) -> None:
                """Show this document: as JSON, or with `?format=yaml` as YAML."""

        return Described


# What all operations share

PROBLEMS = {
    400: (
        "BadRequest",
        "The request cannot be understood, or breaks a rule. Each field that is wrong has a list of messages.",
    ),
    401: ("Unauthorized", "Nobody is signed in, or the token is unknown, revoked or expired."),
    403: ("Forbidden", "The token may only read, or a session came without its CSRF token."),
    404: ("NotFound", "There is no such resource, or not any more."),
    406: ("NotAcceptable", "The answer does not exist in the media type that `Accept` asks for."),
    409: ("Conflict", "Something that this needs changed at the same moment: ask again."),
    410: ("Gone", "The log does not reach to `since`: read the resources anew, and go on from `newest`."),
    412: ("PreconditionFailed", "The resource is not at the version that `If-Match` names: somebody was quicker."),
    413: ("ContentTooLarge", "The body is too large."),
    415: ("UnsupportedMediaType", "The body is not of a media type that can be read."),
    422: ("KeyTaken", "The `Idempotency-Key` came with another request before."),
    429: ("TooManyRequests", "Too many requests, of this token or from this address."),
    503: ("ServiceUnavailable", "The board is away for a moment."),
    507: ("InsufficientStorage", "The disk is full. Nothing was saved."),
}
WAITS = {429, 503, 507}
TEXT = {"type": "string"}
MESSAGES = {"type": "array", "items": TEXT}
NEWEST = {"type": "integer", "description": "Of 410 alone: the newest sequence number there is."}
ERROR = {
    "type": "object",
    "description": "What went wrong: each field, parameter or header that is wrong, with a list of messages; or `detail`.",
    "properties": {
        "detail": {"description": "What is wrong, where it is no field.", "anyOf": [TEXT, MESSAGES]},
        "non_field_errors": {**MESSAGES, "description": "What is wrong with the fields together."},
        "newest": NEWEST,
    },
    "additionalProperties": MESSAGES,
}
PROBLEM = {
    "type": "object",
    "description": "The same after RFC 9457, for clients that name `application/problem+json` in `Accept`.",
    "required": ["status", "title", "detail", "fields"],
    "properties": {
        "status": {"type": "integer", "description": "The status of the answer."},
        "title": {"type": "string", "description": "The status in words."},
        "detail": {"type": "string", "description": "What is wrong this time."},
        "fields": {
            "type": "object",
            "description": "What is wrong with which field, parameter or header: a list of reasons each.",
            "additionalProperties": MESSAGES,
        },
        "newest": NEWEST,
    },
}
HEADERS = {
    "ETag": ("The version of what was answered, for `If-None-Match` and `If-Match`.", TEXT),
    "Location": ("Where the new resource is.", {"type": "string", "format": "uri"}),
    "Link": ("The pages around this one (RFC 8288): `first`, `prev`, `next`, `last`.", TEXT),
    "RetryAfter": ("After how many seconds to come back.", {"type": "integer", "minimum": 0}),
    "WWWAuthenticate": ("How to sign in.", TEXT),
}
PARAMETERS = {
    "IfNoneMatch": ("If-None-Match", "ETags that the client has: 304 when one of them is the resource as it is."),
    "IfMatch": ("If-Match", "The ETag that the change was made for: 412 when the resource is another one by now."),
    "IdempotencyKey": (
        "Idempotency-Key",
        "A key of the client's own for this request: asked again within 24 hours, it is not done again, and "
        "the answer is the same.",
    ),
}

LINK = "https://board.example.org/api"
SPRINT = {
    "id": 3,
    "name": "Walking skeleton",
    "description": "",
    "end": "2027-03-12",
    "version": 41,
    "links": {
        "self": f"{LINK}/sprints/3",
        "tasks": f"{LINK}/tasks?sprint=3",
        "channel": "wss://board.example.org/socket?channel=eyJ…",
    },
}
TASK = {
    "id": 17,
    "name": "Draw the columns",
    "description": "",
    "sprint": 3,
    "status": 2,
    "status_display": "In Progress",
    "order": 2097152,
    "assigned": "ada",
    "started": "2027-03-01",
    "due": None,
    "completed": None,
    "version": 42,
    "links": {"self": f"{LINK}/tasks/17", "sprint": f"{LINK}/sprints/3", "assigned": f"{LINK}/users/ada"},
}
EVENT = {
    "seq": 42,
    "at": "2027-03-01T09:30:00Z",
    "by": "ada",
    "model": "task",
    "id": 17,
    "action": "update",
    "sprint": 3,
    "changes": {"status": [1, 2], "started": [None, "2027-03-01"], "order": [1048576, 2097152]},
}
MESSAGE = {"model": "task", "id": 17, "action": "update", "body": TASK, "seq": 42}
BROKEN_RULE = {"started": ["A task that isn't started can't have a start date."]}
# Examples of what is sent and of what is answered, by the name of the schema.
EXAMPLES = {
    "Sprint": SPRINT,
    "PatchedSprint": {"name": "Walking skeleton", "end": "2027-03-12"},
    "Task": TASK,
    "PatchedTask": {"status": 4},
    "Move": {"sprint": 3, "status": 2, "before": 18},
    "User": {
        "id": 1,
        "username": "ada",
        "full_name": "Ada Lovelace",
        "is_active": True,
        "links": {"self": f"{LINK}/users/ada", "tasks": f"{LINK}/tasks?assigned=ada"},
    },
    "Event": EVENT,
    "Events": {"newest": 42, "next": None, "events": [EVENT]},
    "Root": {name: f"{LINK}/{name}" for name in ("sprints", "tasks", "users")},
    "LogIn": {"username": "ada", "password": "a long password", "token": "lb_3q2-7w…"},
    "Token": {"username": "ada", "password": "a long password", "token": "lb_3q2-7w…"},
    "Error": BROKEN_RULE,
    "Problem": {
        "status": 400,
        "title": "Bad Request",
        "detail": "started: A task that isn't started can't have a start date.",
        "fields": BROKEN_RULE,
    },
    "Message": MESSAGE,
}


def complete(result: Node, **of_spectacular: Any) -> Node:
    """Add to the document what its operations share; a hook of spectacular."""
    components = result["components"]
    schemas = components["schemas"]
    schemas["Error"] = ERROR
    schemas["Problem"] = PROBLEM
    schemas["Message"] = {
        "type": "object",
        "description": "A change, as the socket and webhooks tell of it; of people only the socket does.",
        "required": ["model", "id", "action", "body"],
        "properties": {
            "model": {"enum": ["task", "sprint", "user"]},
            "id": {"type": "integer"},
            "action": {"enum": ["add", "update", "remove"]},
            "body": {
                "description": "The resource as it is now, null when it was removed.",
                "oneOf": [
                    *(_ref("schemas", name) for name in ("Task", "Sprint", "User")),
                    {"type": "null"},
                ],
            },
            "seq": {"type": "integer", "description": "The sequence number of the change; people have none."},
        },
    }
    for name, schema in schemas.items():
        _describe(schema, FIELDS.get(name.removeprefix("Patched"), {}))
        if name in EXAMPLES:
            schema["examples"] = [EXAMPLES[name]]
    components["headers"] = {
        name: {"description": description, "schema": schema} for name, (description, schema) in HEADERS.items()
    }
    components["parameters"] = {
        key: {"name": name, "in": "header", "description": description, "schema": TEXT}
        for key, (name, description) in PARAMETERS.items()
    }
    components["responses"] = {name: _problem_response(status) for status, (name, _) in PROBLEMS.items()}
    components["responses"]["NotModified"] = {
        "description": "The client has it already.",
        "headers": {"ETag": _ref("headers", "ETag")},
    }
    result["tags"] = [{"name": name, "description": description} for name, description in TAGS.items()]
    result["webhooks"] = {"change": {"post": _webhook()}}
    return result


def _describe(schema: Node, texts: dict[str, str]) -> None:
    properties = schema.get("properties", {})
    for name, text in texts.items():
        (properties[name] if name else schema)["description"] = text
    for one in properties.get("links", {}).get("properties", {}).values():
        one["format"] = "uri"
    _modernize(schema)


def _modernize(node: Any) -> None:
    """Say as OpenAPI 3.1 does what spectacular says as 3.0 did; and an enumeration has no bounds."""
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


def _problem_response(status: int) -> Node:
    name, description = PROBLEMS[status]
    problem = {"status": status, "title": HTTPStatus(status).phrase, "detail": description, "fields": {}}
    response = {
        "description": description,
        "content": {
            "application/json": {
                "schema": _ref("schemas", "Error"),
                "example": EXAMPLES["Error"] if status == 400 else {"detail": description},
            },
            "application/problem+json": {
                "schema": _ref("schemas", "Problem"),
                "example": EXAMPLES["Problem"] if status == 400 else problem,
            },
        },
    }
    if status in WAITS:
        response["headers"] = {"Retry-After": _ref("headers", "RetryAfter")}
    if status == 401:
        response["headers"] = {"WWW-Authenticate": _ref("headers", "WWWAuthenticate")}
    return response


def _webhook() -> Node:
    headers = {
        "X-Lightboard-Event": ("The kind of change.", {"enum": list(KINDS)}),
        "X-Lightboard-Delivery": (
            "The same for each attempt of one delivery: whoever has it, has it already.",
            {"type": "string", "format": "uuid"},
        ),
        "X-Lightboard-Signature": (
            "`t=…,v1=…`: the time in seconds since 1970, and the HMAC-SHA256 of `t.body` with the secret, in hex.",
            TEXT,
        ),
    }
    return {
        "operationId": "change",
        "summary": "A change of a task or sprint",
        "description": "What a webhook is sent. An answer of 2xx within five seconds takes it; any other is tried again "
        "after 10 seconds, and then later and later, for some ten hours. 410 switches the webhook off.",
        "tags": ["events"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": description, "schema": schema}
            for name, (description, schema) in headers.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("schemas", "Message")}}},
        "responses": {"2XX": {"description": "Taken."}, "410": {"description": "Send nothing any more."}},
    }


@cache
def openapi() -> Node:
    """Return the document as JSON values. It is the same for everybody, and made once."""
    with override(settings.LANGUAGE_CODE):
        document: Node = SchemaGenerator().get_schema(request=None, public=True)
        return document
