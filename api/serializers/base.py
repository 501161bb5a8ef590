from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, NoReturn

from django.db import models
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

LARGEST_ID = 2**63 - 1
MAX_UNKNOWN_FIELDS = 20
MOMENT = serializers.DateTimeField()


class KnownFields(serializers.Serializer[Any]):
    """A serializer that rejects unknown fields.

    Read-only fields are accepted and ignored, because clients send back what they have read.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := list(islice(self._unknown(data), MAX_UNKNOWN_FIELDS))):
            raise serializers.ValidationError({name: ["Unknown field."] for name in unknown})
        return super().to_internal_value(data)

    def refuse(self, errors: Mapping[str, Any]) -> NoReturn:
        """Raise a `ValidationError` for fields that are valid one by one. The browsable API shows it beside them."""
        self._errors = errors
        raise serializers.ValidationError(self.errors)

    def _unknown(self, data: Mapping[str, Any]) -> Iterator[str]:
        # The forms of the browsable API send their CSRF token as a field.
        return (name for name in data if name not in self.fields and name != "csrfmiddlewaretoken")


class TextField(serializers.CharField):
    """A `CharField` for strings only. REST framework also accepts numbers, and 1e400 became a task called "inf"."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class ResourceSerializer(KnownFields, serializers.ModelSerializer[Any]):
    """A serializer of a row and its links. The context contains the request.

    Subclasses with long lists write `to_representation` by hand: REST framework's loop over the fields takes three
    times as long.
    """

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: TextField,
        models.TextField: TextField,
    }
    links = serializers.SerializerMethodField()

    def to_internal_value(self, data: Any) -> Any:
        # Old clients send an empty string when a user clears a date or the assignee.
        if type(data) is dict:
            nullable = {name for name, field in self.fields.items() if field.allow_null}
            data = {name: None if value == "" and name in nullable else value for name, value in data.items()}
        return super().to_internal_value(data)

    def url(self, view: str, *args: object) -> str:
        return self._host + path_to(view, *args)

    @cached_property
    def _host(self) -> str:
        request: Request = self.context["request"]
        return request.build_absolute_uri("/").removesuffix("/")


@lru_cache(2**14)
def path_to(view: str, *args: object) -> str:
    return reverse(f"api:{view}", args=args)


def iso(date: date | None) -> str | None:
    return date.isoformat() if date else None


def iso_time(moment: datetime | None) -> str | None:
    return MOMENT.to_representation(moment) if moment else None
