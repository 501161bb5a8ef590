"""Django's `runserver`, with sockets: Daphne's."""

from daphne.management.commands.runserver import Command  # noqa: F401
