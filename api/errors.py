"""What went wrong, in one shape, after RFC 9457: {"status", "title", "detail", "fields": {name: [messages]}}.

Whatever a view of the API raises comes through `answer`; what fails before or beside a view, middleware.py brings
into the same shape.
"""

import logging
from http import HTTPStatus

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.exceptions import ValidationError as BrokenRule
from django.db import DataError, IntegrityError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from board import failures, logins
from board.actions import Outdated
from board.idempotency import KeyTaken
from board.models import Sprint, Task

from .authentication import refusal

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
KEY_TAKEN = "This key came with another request before: a new request needs a new key."
NOT_UNDERSTOOD = "The request cannot be understood."


class Problem(Response):
    """The answer to a request that failed; `more` are members of its own, beside those that all have."""

    def __init__(self, status, detail, fields=None, headers=None, **more):
        super().__init__(problem(status, detail, fields) | more, status=status, headers=headers)

    @property
    def rendered_content(self):
        if self.accepted_renderer.format == "json":
            self.content_type = MEDIA_TYPE
        return super().rendered_content


def problem(status, detail, fields=None):
    """Return the body of the answer to a request that failed."""
    return {"status": status, "title": HTTPStatus(status).phrase, "detail": detail, "fields": fields or {}}


def answer(error, context):
    """Return the response to an exception raised in a view, or None to let it be a server error."""
    error = _as_api_error(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    headers = {name: response[name] for name in ("WWW-Authenticate", "Retry-After") if name in response}
    return Problem(response.status_code, *_detail_and_fields(error.detail), headers)


def _as_api_error(error):
    if fault := failures.fault_of(error):
        failures.report(fault, error)
        return Unavailable(fault)
    match error:
        case BrokenRule():
            return exceptions.ValidationError(_messages(error))
        case Http404() | Sprint.DoesNotExist() | Task.DoesNotExist():
            return exceptions.NotFound()
        case logins.Refused():
            return refusal(error)
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case Outdated():
            detail = f"The {error.row._meta.verbose_name} has changed: it is at version {error.row.version} now."
            return _api_error(HTTPStatus.PRECONDITION_FAILED, detail)
        case KeyTaken():
            return _api_error(HTTPStatus.UNPROCESSABLE_ENTITY, KEY_TAKEN)
        case TooManyFieldsSent() | TooManyFilesSent():
            return exceptions.ParseError("The body has too many fields.")
        case RequestDataTooBig():
            return _api_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too long.")
        case RecursionError():
            return exceptions.ParseError("The body is nested too deeply.")
        case DataError():
            return exceptions.ParseError("A value cannot be stored.")
        case IntegrityError():
            log.warning("The database refused a change that the rules let through.", exc_info=error)
            return _api_error(HTTPStatus.CONFLICT, "Something that this needs changed at the same moment.")
    return error


def _api_error(status, detail):
    error = exceptions.APIException(detail)
    error.status_code = status.value
    return error


class Unavailable(exceptions.APIException):
    """The database cannot work for a request now; `wait` becomes Retry-After."""

    wait = failures.RETRY_AFTER

    def __init__(self, fault):
        super().__init__(fault.reason)
        self.status_code = fault.status


def _messages(error):
    if not hasattr(error, "error_dict"):
        return {api_settings.NON_FIELD_ERRORS_KEY: error.messages}
    messages = error.message_dict
    if NON_FIELD_ERRORS in messages:
        messages[api_settings.NON_FIELD_ERRORS_KEY] = messages.pop(NON_FIELD_ERRORS)
    return messages


def _detail_and_fields(detail):
    """Return (one text, {field: [messages]}) of the `detail` of an error of REST framework."""
    if isinstance(detail, str):
        return detail, {}
    if isinstance(detail, list):
        detail = {api_settings.NON_FIELD_ERRORS_KEY: detail}
    fields = {name: list(_texts(messages)) for name, messages in detail.items()}
    return " ".join(_sentences(fields)), fields


def _texts(messages):
    """Give the messages of a field, also those of the items within it."""
    if isinstance(messages, str):
        yield messages
    else:
        for item in messages.values() if isinstance(messages, dict) else messages:
            yield from _texts(item)


def _sentences(fields):
    for name, messages in fields.items():
        for message in messages:
            yield message if name == api_settings.NON_FIELD_ERRORS_KEY else f"{name}: {message}"
