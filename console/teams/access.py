"""Who may do what in a team: one table, used by views, templates and tests alike."""

import uuid
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from console.teams import proof
from console.teams.models import Membership, Role, Team, User
from console.teams.second_steps import lead_to_second_step
from console.teams.which_team import FIELD, membership_of_page, remember

P = ParamSpec("P")


class Act(StrEnum):
    """What a person may want to do in a team."""

    VIEW = "view"
    VIEW_ACROSS = "see what spans all projects"
    SUBMIT = "submit"
    MANAGE_PROJECTS = "manage projects"
    MANAGE_RETENTION = "say how long things are kept"
    MANAGE_KEYS = "manage keys"
    MANAGE_WEBHOOKS = "manage webhooks"
    MANAGE_PEOPLE = "manage people"
    READ_AUDIT = "read audit"
    MANAGE_TEAM = "manage the team"
    REQUIRE_SECOND_STEP = "ask everybody for a second step"
    MANAGE_BUDGETS = "manage budgets"
    ALLOW_OVERRUN = "let a project pass its budget"
    CORRECT_LEDGER = "correct the ledger"
    MEND_FAILURES = "look after failures"
    REMOVE_DEMO = "remove the demo team"


_EVERYONE = frozenset(Role)
_MAKERS = frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})

MAY: Mapping[Act, frozenset[Role]] = {
    Act.VIEW: _EVERYONE,
    Act.VIEW_ACROSS: _EVERYONE,
    Act.SUBMIT: _MAKERS,
    Act.MANAGE_PROJECTS: _ADMINS,
    Act.MANAGE_RETENTION: _ADMINS,
    Act.MANAGE_KEYS: _ADMINS,
    Act.MANAGE_WEBHOOKS: _ADMINS,
    Act.MANAGE_PEOPLE: _ADMINS,
    Act.READ_AUDIT: _ADMINS,
    Act.MANAGE_TEAM: _ADMINS,
    Act.REQUIRE_SECOND_STEP: frozenset({Role.OWNER}),
    Act.MANAGE_BUDGETS: _ADMINS,
    Act.ALLOW_OVERRUN: frozenset({Role.OWNER}),
    Act.CORRECT_LEDGER: _ADMINS,
    Act.MEND_FAILURES: _MAKERS,
    Act.REMOVE_DEMO: frozenset({Role.OWNER}),
}
# What shows, or changes, work of every project at once: not for people who see some of them only.
ACROSS_PROJECTS = frozenset({Act.VIEW_ACROSS, Act.MEND_FAILURES})

# Acts that ask for proof again (teams/proof.py) when they change something.
PROVEN = frozenset(
    [
        *(Act.MANAGE_KEYS, Act.MANAGE_WEBHOOKS, Act.MANAGE_PEOPLE, Act.MANAGE_TEAM, Act.REQUIRE_SECOND_STEP),
        *(Act.MANAGE_BUDGETS, Act.ALLOW_OVERRUN, Act.CORRECT_LEDGER),
        *(Act.MANAGE_RETENTION, Act.REMOVE_DEMO),
    ]
)


class TeamRequest(HttpRequest):
    """A request of a signed-in person inside a team (what `in_team` and `enter` make of an HttpRequest)."""

    user: User
    team: Team
    membership: Membership
    htmx: Any


def may(role: str, act: Act) -> bool:
    """Whether the role allows the act."""
    return role in MAY[act]


def allows(membership: Membership, act: Act) -> bool:
    """Whether this member may: by their role, and for what spans all projects, by seeing all of them."""
    return may(membership.role, act) and (act not in ACROSS_PROJECTS or membership.sees_all)


def in_team(
    act: Act = Act.VIEW,
) -> Callable[
    [Callable[Concatenate[TeamRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """For pages of the current team (`which_team.py`): sets `request.team` and `request.membership`; 403 when the role
    may not.
    """

    def decorate(
        view: Callable[Concatenate[TeamRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            membership = membership_of_page(request)
            if membership is None:
                return redirect("teams:none")
            if FIELD in request.GET or request.method == "POST":
                remember(request, membership.team)
            _enter(request, membership, act)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        checked.acts_in_team_of_page = True  # type: ignore[attr-defined]  # its forms say which (tests/journeys)
        return checked

    return decorate


def enter(request: HttpRequest, team: Team, act: Act = Act.VIEW) -> TeamRequest:
    """For pages of one object, found through the asker: makes its team the current one. 403 when the role may not."""
    mine = Membership.objects.active().select_related("team").filter(user=request.user)  # type: ignore[misc]
    membership = get_object_or_404(mine, team=team)  # removed since the object was found
    remember(request, team)
    _enter(request, membership, act)
    return request  # type: ignore[return-value]


def people_who_may(act: Act, team_id: uuid.UUID) -> list[User]:
    """The active people of the team whose role allows the act."""
    theirs = Membership.objects.active().filter(team_id=team_id, role__in=MAY[act])
    return list(User.objects.filter(pk__in=theirs.values("user")).order_by("pk"))


def is_member(user_id: uuid.UUID, team_id: uuid.UUID) -> bool:
    """Whether an active person belongs to the team right now."""
    return Membership.objects.active().filter(user_id=user_id, team_id=team_id).exists()


def is_looked_at(request: HttpRequest) -> bool:
    """Whether support looks through this person's eyes (`console/support`): it does not count as their own look."""
    return getattr(request, "viewing", None) is not None


def _enter(request: HttpRequest, membership: Membership, act: Act) -> None:
    lead_to_second_step(request, membership.team)
    request.team, request.membership = membership.team, membership  # type: ignore[attr-defined]
    timezone.activate(ZoneInfo(membership.team.time_zone))  # until the request ends (`ui/middleware.py`)
    if may(membership.role, act) and not allows(membership, act):
        raise PermissionDenied(
            f"You are in some projects of {membership.team}; to {act} you need to be in all of them."
        )
    if not may(membership.role, act):
        raise PermissionDenied(
            f"Your role in {membership.team} is {membership.get_role_display().lower()}; to {act} you need another."
        )
    if act in PROVEN:
        proof.demand(request)
