"""Hostile API requests for fuzz.py.

Each must be answered in time and below 500, what is refused must change nothing, and reading never may.
"""

import json

import httpx

from .chaos import newest_number

READING = ("GET", "HEAD", "OPTIONS", "PROPFIND")
METHODS = [*READING, "POST", "PUT", "PATCH", "DELETE"]
PATHS = [
    *(
        "",
        "tasks",
        "tasks/{id}",
        "tasks/{id}/move",
        "tasks/{id}/comments",
        "tasks/{id}/comments/{id}",
        "sprints",
        "sprints/{id}",
        "users",
        "users/{id}",
        "events",
        "token/",
    ),
    *("schema", "nothing", "tasks/{id}/", "../admin"),
]
IDS = [
    "1",
    "2",
    "0",
    "-1",
    "999",
    "9" * 400,
    "1e3",
    "x",
    "%00",
    "%ff",
    "%ED%A0%80",
    "..",
    "%2e%2e%2f",
    "é",
    "demo",
]
NAMES = [
    *("name", "description", "sprint", "status", "order", "assigned", "started", "due", "completed", "end", "id"),
    *(
        "links",
        "version",
        "before",
        "after",
        "top",
        "bottom",
        "username",
        "password",
        "__proto__",
        "",
        "a\0",
        "é" * 50,
    ),
]
VALUES = [
    *(None, True, False, 0, 1, 2, 4, -1, 1.5, 2**31, 2**53, 2**63, -(2**63), 10**30, 1e308),
    *("", "x", "x" * 256, "x" * 10_001, "2027-03-04", "2026-02-30", "0000-01-01", "9999-12-31", "demo", "nobody"),
    *("\0", "\ud83d\ude00", "\u202e", "<script>", "' OR 1=1 --", "{{7*7}}", "%s%n", "1", "[]"),
    *([], {}, [1], {"a": 1}, [[]], [None]),
]
RAW = [
    *(b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"\0", b"NaN", b'{"name": NaN}', b'{"order": 1e400}'),
    *(b'{"order": -1e400}', b'{"name": "\\ud800"}', b'{"name": "a", "name": "b"}', b"[" * 100_000),
    *(
        b'{"a":' * 50_000,
        b'{"name": "x", "order": ' + b"9" * 5000 + b"}",
        b'{"name": "' + b"x" * 10_000_000 + b'"}',
    ),
    *(b"name=x&name=y", b"a=" + b"%" * 999, b"&" * 5000, '{"name": "é"}'.encode("utf-16")),
    b"{" + b",".join(b'"k%d": 1' % n for n in range(100_000)) + b"}",
]
KINDS = [
    *("application/json", "application/json; charset=utf-16", "application/json; charset=x", "text/plain", ""),
    *(
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/xml",
    ),
    *("application/x-www-form-urlencoded; charset=x", "a/b/c", "application/json;" * 50),
]
QUERIES = [
    *("", "page=2", "page=0", "page=last", "page_size=100", "page_size=x", "search=%00", "search=" + "a " * 500),
    *(
        "ordering=name,-name",
        "ordering=,",
        "ordering=assigned__password",
        "assigned__password=x",
        "status=9",
        "sprint=%ff",
    ),
    *(
        "backlog=maybe",
        "format=api",
        "format=json",
        "format=%00",
        "since=-1",
        "since=0&wait=0",
        "since=" + "9" * 300,
    ),
    *(
        "%",
        "%00=%00",
        "a=b&" * 2000,
        "page=" + "9" * 5000,
        "end_min=0000-00-00",
        "=",
        "&&&",
        ";",
        "\u00e9=\u00e9",
        "+",
    ),
]
HEADERS = {
    "If-Match": ['"1.x"', "*", "junk", '"' + "9" * 30 + '"', "W/", ",,,", "é", '"a", "b"'],
    "If-None-Match": ["*", "junk", '""', "W/", '"' + "x" * 5000 + '"'],
    "Idempotency-Key": ["k", "k" * 201, "", "\x7f", "é", "a b"],
    "Accept": [
        "text/html",
        "application/xml",
        "*/*",
        "a",
        "application/json;q=x",
        ";",
        "application/problem+json",
        "*",
    ],
    "Accept-Encoding": ["gzip", "br;q=x", "*"],
    "X-Forwarded-For": ["1.2.3.4", "x" * 3000, ",,,", "::1"],
    "X-CSRFToken": ["x", "x" * 64],
    "Cookie": ["sessionid=x", "csrftoken=" + "x" * 64, ";;;", "a=b" * 500],
    "X-HTTP-Method-Override": ["DELETE"],
    "HX-Request": ["true"],
    "Range": ["bytes=0-1", "bytes=-"],
}
SIGNED_IN = ["token"] * 8 + ["none", "junk", "basic"]


def fuzz_api(target, count):
    """Send `count` requests to the API of `target.server`; notes in `target.failures` what must not be."""
    url = f"{target.server.url}/api/"
    answer = httpx.post(f"{url}token/", json={"username": "demo", "password": "demo"}, timeout=60)
    token = f"Token {answer.raise_for_status().json()['token']}"
    database = target.server.env["DATABASE_URL"]
    newest = newest_number(database)
    with httpx.Client(base_url=url, timeout=60) as client:
        for number in range(count):
            request = hostile(client, target.random, token)
            answer = target.send(client, request, number)
            before, newest = newest, newest_number(database)
            if newest != before and may_not_change(request, answer):
                target.fail(number, request, "it changed something")


def may_not_change(request, answer):
    """Tell whether a request must have left everything as it was: it was refused, or reads."""
    refused = answer is not None and answer.status_code >= 300
    return refused or request.method in READING


def hostile(client, chance, token):
    """Return a request that is wrong in one way or several, or not at all."""
    path = chance.choice(PATHS).format(id=chance.choice(IDS))
    url = f"{client.base_url}{path}"
    if chance.random() < 0.5:
        url += "?" + chance.choice(QUERIES)
    headers = {name: chance.choice(values).encode() for name, values in HEADERS.items() if chance.random() < 0.1}
    signed_in = {"token": token, "none": None, "junk": "Token é \x7f", "basic": "Basic %%%"}[
        chance.choice(SIGNED_IN)
    ]
    if signed_in:
        headers["Authorization"] = signed_in.encode()
    method = chance.choice(METHODS)
    if method in READING and chance.random() < 0.9:
        return client.build_request(method, url, headers=headers)
    headers["Content-Type"] = (chance.choice(KINDS) if chance.random() < 0.2 else "application/json").encode()
    return client.build_request(method, url, headers=headers, content=body(chance))


def body(chance):
    """Return the bytes of a body: bytes that mean nothing, or fields with odd values."""
    if chance.random() < 0.15:
        return chance.choice(RAW)
    fields = {chance.choice(NAMES): chance.choice(VALUES) for _ in range(chance.randrange(5))}
    text = json.dumps(fields)
    if chance.random() < 0.1:
        cut = chance.randrange(len(text))
        text = text[:cut] + chr(chance.randrange(1, 128)) + text[cut + 1 :]
    return text.encode()
