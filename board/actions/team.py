from typing import Any

from django.db import transaction

from board.models import Team

from .changes import set_fields


def change_team(**changes: Any) -> Team:
    """Change the team's settings: name, working_days, sprint_length, points_scale. Raises `ValidationError`.

    They are not in the log. Pages that depend on them are rendered again, as after a change of an account.
    """
    with transaction.atomic():
        team = Team.load()
        set_fields(team, changes)
        team.full_clean(validate_unique=False)
        team.save()
        return team
