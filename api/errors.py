"""What went wrong, as an answer: {field: [messages]} for a bad request, else {"detail": message}."""

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as BrokenRule
from django.db import DataError
from rest_framework import exceptions
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from board import failures
from board.models import Sprint, Task


def answer(error, context):
    """Return the response to an exception raised in a view, or None to let it be a server error."""
    return exception_handler(_as_api_error(error), context)


def _as_api_error(error):
    if fault := failures.fault_of(error):
        failures.report(fault, error)
        return Unavailable(fault)
    match error:
        case BrokenRule():
            return exceptions.ValidationError(_messages(error))
        case Sprint.DoesNotExist() | Task.DoesNotExist():
            return exceptions.NotFound()
        case RecursionError():
            return exceptions.ParseError("The body is nested too deeply.")
        case DataError():
            return exceptions.ParseError("A value cannot be stored.")
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
