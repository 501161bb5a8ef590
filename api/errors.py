"""Errors in the format of Django REST framework: {field: [messages]}, or {"detail": message}.

Clients that send `Accept: application/problem+json` get RFC 9457 problem details: {"status", "title", "detail", "fields"}.
Errors in a view pass through `handle_exception`. `middleware.py` handles all others.
"""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError
from django.http import Http404
from django.utils.cache import patch_vary_headers
from rest_framework import exceptions
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from board.accounts import throttling
from board.actions import Outdated
from board.actions.idempotency import KeyTaken
from board.models import Comment, Sprint, Task
from board.ops import db_errors

from .authentication import refusal
from .negotiation import PROBLEM_JSON, wants_problem

logger = logging.getLogger(__name__)

KEY_TAKEN = "This key was already used for another request. Use a new key."
INVALID_REQUEST = "The request is invalid."


class ErrorResponse(Response):
    """An error response. `data` has the format of REST framework; clients may ask for problem details instead."""

    def __init__(self, data: Any, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(data, status=status, headers=headers)
        patch_vary_headers(self, ["Accept"])

    accepted_renderer: BaseRenderer
    renderer_context: dict[str, Any]

    @property
    def rendered_content(self) -> Any:
        if self.accepted_renderer.format == "json" and wants_problem(self.renderer_context["request"]):
            self.content_type = PROBLEM_JSON
            self.data = problem(self.status_code, self.data)
        return super().rendered_content


def problem(status: int, data: dict[str, Any]) -> dict[str, Any]:
    """Return the problem details (RFC 9457) for an error in the format of REST framework."""
    members = {"status": status, "title": HTTPStatus(status).phrase}
    if isinstance(data.get("detail"), str):
        return members | data | {"fields": {}}
    fields = {name: list(_texts(messages)) for name, messages in data.items()}
    return members | {"detail": " ".join(_sentences(fields)), "fields": fields}


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response to an exception in a view, or None for a server error."""
    error = _as_api_error(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    headers = {name: response[name] for name in ("WWW-Authenticate", "Retry-After") if name in response}
    data = response.data
    if isinstance(data, list):
        data = {api_settings.NON_FIELD_ERRORS_KEY: data}
    return ErrorResponse(data, response.status_code, headers)


def _as_api_error(error: Exception) -> Exception:
    if fault := db_errors.fault_of(error):
        db_errors.report(fault, error)
        return Unavailable(fault)
    match error:
        case DjangoValidationError():
            return exceptions.ValidationError(messages_of(error))
        case Http404() | Sprint.DoesNotExist() | Task.DoesNotExist() | Comment.DoesNotExist():
            return exceptions.NotFound()
        case throttling.LoginRefused():
            return refusal(error)
        case PermissionDenied():
            return exceptions.PermissionDenied(str(error) or None)
        case Outdated():
            detail = f"The {error.row._meta.verbose_name} has changed. It is now at version {error.row.version}."
            return _api_error(HTTPStatus.PRECONDITION_FAILED, detail)
        case KeyTaken():
            return _api_error(HTTPStatus.UNPROCESSABLE_ENTITY, KEY_TAKEN)
        case TooManyFieldsSent() | TooManyFilesSent():
            return exceptions.ParseError("The body has too many fields.")
        case RequestDataTooBig():
            return _api_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.")
        case RecursionError():
            return exceptions.ParseError("The body is nested too deeply.")
        case DataError():
            return exceptions.ParseError("A value cannot be stored.")
        case IntegrityError():
            logger.warning("The database refused a change that the rules let through.", exc_info=error)
            return _api_error(HTTPStatus.CONFLICT, "Related data changed at the same time. Try again.")
    return error


def _api_error(status: HTTPStatus, detail: str) -> exceptions.APIException:
    error = exceptions.APIException(detail)
    error.status_code = status.value
    return error


class Unavailable(exceptions.APIException):
    """The database cannot serve the request now. REST framework sends `wait` as Retry-After."""

    wait = db_errors.RETRY_AFTER

    def __init__(self, fault: db_errors.DatabaseFault) -> None:
        super().__init__(fault.reason)
        self.status_code = fault.status


def messages_of(error: DjangoValidationError) -> dict[str, list[str]]:
    """Return the messages of a validation error by field."""
    if not hasattr(error, "error_dict"):
        return {api_settings.NON_FIELD_ERRORS_KEY: error.messages}
    messages = error.message_dict
    if NON_FIELD_ERRORS in messages:
        messages[api_settings.NON_FIELD_ERRORS_KEY] = messages.pop(NON_FIELD_ERRORS)
    return messages


def _texts(messages: Any) -> Iterator[str]:
    """Yield the messages of a field and of the items in it."""
    if isinstance(messages, str):
        yield messages
    else:
        for item in messages.values() if isinstance(messages, dict) else messages:
            yield from _texts(item)


def _sentences(fields: dict[str, list[str]]) -> Iterator[str]:
    for name, messages in fields.items():
        for message in messages:
            yield message if name == api_settings.NON_FIELD_ERRORS_KEY else f"{name}: {message}"
