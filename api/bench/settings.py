"""The project's settings, with one route more. Imported by name, since nothing in `api` builds on `config`."""

from importlib import import_module

_settings = import_module("config.settings")
for _name in filter(str.isupper, dir(_settings)):
    globals()[_name] = getattr(_settings, _name)

ROOT_URLCONF = "api.bench.urls"
