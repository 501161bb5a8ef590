from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.urls import reverse

from board.accounts import actions, users
from board.accounts.users import Role
from board.ops.site_url import running_url


class Command(BaseCommand):
    """Create an account and print a link to set its password. The link works once, within seven days.

    For an existing account, the link sets a new password and is valid for a day.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the username to log in with")
        role = parser.add_mutually_exclusive_group()
        role.add_argument("--admin", "--staff", action="store_true", help="make this person an admin")
        role.add_argument(
            "--viewer",
            "--reader",
            action="store_true",
            help="make this person a viewer, who can't change anything",
        )

    def handle(self, *, name: str, admin: bool, viewer: bool, **options: Any) -> None:
        user = users.user_named(name)
        if user is None:
            role = Role.VIEWER if viewer else Role.MEMBER
            # The first person of a team becomes an admin, to invite the others.
            is_first = not (viewer or get_user_model().objects.filter(is_staff=True, is_active=True).exists())
            user = invite(name, Role.ADMIN if admin or is_first else role)
        elif admin or viewer:
            raise CommandError(f"{name} already has an account. You can change the role on the People page.")
        elif not user.is_active:
            raise CommandError(f"{name} is deactivated. Reactivate the account on the People page first.")
        token, lasts = actions.new_link(None, user)
        days = "day" if lasts.days == 1 else f"{lasts.days} days"
        self.stderr.write(f"Send this link to {user.username}. It works once, within {days}:")
        self.stdout.write(running_url() + reverse("welcome", args=[token]))


def invite(name: str, role: Role) -> User:
    try:
        return actions.invite(None, name, role)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
