"""What the frame of every page needs to know about teams."""

from typing import Any

from django.http import HttpRequest

from console.teams.access import Act, allows
from console.teams.models import Membership


def teams(request: HttpRequest) -> dict[str, Any]:
    """`team`, `membership`, `my_teams` and `may` (a dict act name with underscores → bool) for templates."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None or not request.user.is_authenticated:
        return {}
    return {
        "team": membership.team,
        "membership": membership,
        "my_teams": membership.__class__.objects.select_related("team").filter(user=request.user),
        "may": {act.name.lower(): allows(membership, act) for act in Act},
    }
