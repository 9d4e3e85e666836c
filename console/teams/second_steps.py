"""Whether somebody has a second step, and teams that let nobody in without one."""

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.teams.leading_on import keep_way
from console.teams.models import Team, User

REAL = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # codes alone are the spare key of one of these


def has_second_step(user: User) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=REAL).exists())


def is_shut(team: Team, user: User) -> bool:
    """Whether the team waits for this person to set a second step up."""
    return team.requires_second_step and not has_second_step(user)


def shut_teams(user: User) -> QuerySet[Team]:
    """The person's teams that wait for it."""
    asking = Team.objects.filter(memberships__user=user, requires_second_step=True)
    return asking.none() if has_second_step(user) else asking


def lead_to_second_step(request: HttpRequest, team: Team) -> None:
    """Before anything of the team opens: leads away whoever the team still waits for. Support only looks."""
    if getattr(request, "viewing", None) is not None or not isinstance(request.user, User):
        return
    if is_shut(team, request.user):
        keep_way(request, team)
        page = reverse("teams:second_step_needed", args=[team.pk])
        told = getattr(request, "htmx", False)
        raise ImmediateHttpResponse(HttpResponse(headers={"HX-Redirect": page}) if told else HttpResponseRedirect(page))
