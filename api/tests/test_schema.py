"""GET /api/schema: valid, complete, and in step with what there is."""

import json

import jsonschema
import pytest
import yaml
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from api.models import KINDS
from api.schema import openapi
from api.schema.responses import ERRORS

METHODS = {"get", "post", "put", "patch", "delete"}


def routes(patterns, prefix="/"):
    """Give (path, methods) of every view of REST framework in a URLconf."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern).removesuffix("$")
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, path)
        elif issubclass(getattr(pattern.callback, "cls", object), APIView):
            actions = getattr(pattern.callback, "actions", None)
            yield (
                path,
                set(actions) & METHODS
                if actions
                else {name for name in METHODS if hasattr(pattern.callback.cls, name)},
            )


def plain(path):
    """Return a path without the names of its parameters, which routes and document call differently."""
    parts = path.replace("<", "{").replace(">", "}").split("/")
    return "/".join("{}" if part.startswith("{") else part for part in parts)


def operations(document):
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_every_route_and_method_is_in_it_and_nothing_else():
    there_is = {
        (plain(path), method) for path, methods in routes(get_resolver().url_patterns) for method in methods
    }
    described = {(plain(path), method) for path, method, _ in operations(openapi())}
    assert ("/api/tasks/{}", "patch") in there_is
    assert described == there_is


def test_it_is_valid_openapi_3_1():
    document = json.loads(json.dumps(openapi()))
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_nothing_had_to_be_guessed():
    openapi.cache_clear()
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        openapi()
    assert not GENERATOR_STATS


def test_every_schema_of_ours_has_an_example_that_fits_it():
    document = openapi()
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        if name.startswith("Paginated") or name.endswith("Enum"):
            continue
        for example in schema["examples"]:
            validator = jsonschema.Draft202012Validator({**schema, "components": document["components"]})
            assert not list(validator.iter_errors(example)), name


def test_every_operation_says_what_can_go_wrong():
    for path, method, operation in operations(openapi()):
        expected = {"406", "429", "503"}
        if path != "/api/token/":
            expected |= {"401"}
        if method != "get":
            expected |= {"400"}
        if "{" in path:
            expected |= {"404"}
        assert expected <= operation["responses"].keys(), (path, method)
        assert operation["summary"], path


def test_errors_are_of_one_shape_for_each_media_type():
    for name, _ in ERRORS.values():
        content = openapi()["components"]["responses"][name]["content"]
        assert {kind: of["schema"]["$ref"].rsplit("/", 1)[1] for kind, of in content.items()} == {
            "application/json": "Error",
            "application/problem+json": "Problem",
        }


@pytest.mark.parametrize(
    ("path", "method", "parameter"),
    [
        ("/api/tasks", "get", "IfNoneMatch"),
        ("/api/tasks/{id}", "get", "IfNoneMatch"),
        ("/api/tasks", "post", "IdempotencyKey"),
        ("/api/sprints/{id}", "put", "IfMatch"),
        ("/api/tasks/{id}", "patch", "IfMatch"),
        ("/api/tasks/{id}", "delete", "IfMatch"),
    ],
)
def test_the_headers_of_requests_are_described(path, method, parameter):
    parameters = openapi()["paths"][path][method]["parameters"]
    assert {"$ref": f"#/components/parameters/{parameter}"} in parameters


def test_every_way_to_sign_in_is_described():
    schemes = openapi()["components"]["securitySchemes"]
    assert len(schemes) == len(api_settings.DEFAULT_AUTHENTICATION_CLASSES)
    assert {scheme["type"] for scheme in schemes.values()} == {"http", "apiKey"}


def test_webhooks_are_described():
    sent = openapi()["webhooks"]["change"]["post"]
    (kinds,) = [one["schema"]["enum"] for one in sent["parameters"] if one["name"] == "X-Lightboard-Event"]
    assert kinds == list(KINDS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "accept", "media_type", "load"),
    [
        ("", "*/*", "application/vnd.oai.openapi+json", json.loads),
        ("", "application/json", "application/json", json.loads),
        ("?format=json", "*/*", "application/vnd.oai.openapi+json", json.loads),
        ("?format=yaml", "*/*", "application/vnd.oai.openapi", yaml.safe_load),
        ("", "application/yaml", "application/yaml", yaml.safe_load),
    ],
)
def test_it_comes_as_json_and_as_yaml(client, query, accept, media_type, load):
    answer = client.get(f"/api/schema{query}", headers={"accept": accept})
    assert answer.status_code == 200
    assert answer["Content-Type"].split(";")[0] == media_type
    assert load(answer.content)["info"]["title"] == "Lightboard"


def test_a_token_that_may_read_reads_it_and_a_stranger_does_not(stranger, issue):
    assert stranger.get("/api/schema").status_code == 401
    assert stranger.get("/api/schema", headers={"authorization": f"Bearer {issue('read')}"}).status_code == 200
