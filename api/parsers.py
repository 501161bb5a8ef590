import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework import parsers
from rest_framework.exceptions import ParseError
from rest_framework.utils.json import strict_constant


class JSONParser(parsers.JSONParser):
    r"""Parses JSON without repeated names, NaN and lone surrogates ("\ud800"), which cannot be stored or sent back."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        encoding = (parser_context or {}).get("encoding") or settings.DEFAULT_CHARSET
        try:
            text = stream.read().decode(encoding)
            data = json.loads(text, parse_constant=strict_constant, object_pairs_hook=_object)
        except (ValueError, LookupError) as error:
            raise ParseError(f"The body is not JSON: {error}") from None
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ParseError("The body contains half of a character (a lone surrogate).") from None
        return data


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise ValueError("an object has a name twice")
    return data
