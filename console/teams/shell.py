"""What the frame of every page needs to know about teams."""

from typing import Any, Final

from django.http import HttpRequest

from console.teams.access import Act, allows
from console.teams.account_mails import has_mail_server
from console.teams.models import Membership, User
from console.teams.second_steps import is_shut
from console.teams.which_team import current_membership

ACCOUNT: Final = "/account/"


def teams(request: HttpRequest) -> dict[str, Any]:
    """`team`, `membership`, `my_teams` and `may` (a dict act name with underscores → bool) for templates.

    On every page `has_mail_server`: whether it may speak of mails that are on their way.
    """
    everywhere = {"has_mail_server": has_mail_server()}
    membership: Membership | None = getattr(request, "membership", None) or _of_no_teams_page(request)
    if membership is None or not request.user.is_authenticated:
        return everywhere
    return everywhere | {
        "team": membership.team,
        "membership": membership,
        "my_teams": membership.__class__.objects.active().select_related("team").filter(user=request.user),
        "may": {act.name.lower(): allows(membership, act) for act in Act},
    }


def _of_no_teams_page(request: HttpRequest) -> Membership | None:
    """A person's own pages and what is said of a fault enter no team: they stand in the frame of the one they came
    from, if it is open to them.
    """
    user = getattr(request, "user", None)
    is_one = request.path.startswith(ACCOUNT) or getattr(request, "shows_problem", False)
    if not isinstance(user, User) or not is_one:
        return None
    membership = current_membership(request)
    return None if membership is None or is_shut(membership.team, user) else membership
