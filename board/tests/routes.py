"""Every route of the project."""

import re

from django.urls import URLPattern, get_resolver

# The standalone services
PUBLIC = {
    "placeholder:avatar",
    "placeholder:image",
    "placeholder:home",
    "sitegen:preview",
    "sitegen:page",
}
ARGUMENTS = {
    "pk": "1",
    "sprint_pk": "1",
    "task": "1",
    "username": "ana",
    "token": "abc",
    "name": "Ana",
    "address": "1x1/",
    "path": "nothing/",
    "field": "due",
    "seq": "1",
}


def routes(patterns, prefix="", namespace=""):
    """Yield (name, path) of every route of the project, with ids of existing rows."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = f"{namespace}:{pattern.name}" if namespace else pattern.name
            yield name, "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda argument: ARGUMENTS[argument[1]], route)
        else:
            yield from routes(pattern.url_patterns, route, pattern.namespace or namespace)


ALL_ROUTES = list(routes(get_resolver().url_patterns))
ROUTES = [(name, path) for name, path in ALL_ROUTES if name not in PUBLIC]
