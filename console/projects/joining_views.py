"""The way in by an invitation: the link of the mail, and the page that says what one joins before one says yes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from console.projects import joining
from console.teams import domains, inviting
from console.teams.access import is_looked_at
from console.teams.models import Invitation, User
from console.teams.which_team import SESSION_TEAM


@login_not_required
@never_cache
@require_GET
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """GET `/join/<token>/`: the link of the mail. It changes nothing, so a mail program may look at it first."""
    if inviting.find(inviting.hashed(token)) is None:
        return _dead(request)
    inviting.follow(request, token)
    return redirect("projects:join")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """`/join/`: what one joins, and the button that does it."""
    invitation = inviting.followed(request)
    if invitation is None:
        return _dead(request)
    person = request.user
    if request.method == "GET" or not isinstance(person, User):
        return _page(request, invitation)
    is_shut_out = not domains.allows(invitation.team, invitation.email)
    if is_shut_out or not joining.is_theirs(invitation, person) or is_looked_at(request):
        return _page(request, invitation, status=403)
    try:
        joining.join(invitation, person, request)
    except joining.CannotJoin:
        return _dead(request)
    del request.session[inviting.SESSION]
    request.session[SESSION_TEAM] = str(invitation.team_id)
    messages.success(request, f"Welcome to {invitation.team}.")
    return redirect("home")


def _page(request: HttpRequest, invitation: Invitation, status: int = 200) -> HttpResponse:
    person = request.user if isinstance(request.user, User) else None
    context = {
        "invitation": invitation,
        "projects": joining.projects_of(invitation),
        "shut_out": domains.against(invitation.team, invitation.email),
        "person": person,
        "is_theirs": person is not None and joining.is_theirs(invitation, person),
        "has_account": inviting.is_people(invitation.email),
        "whom": _shortened(invitation.email),
    }
    return render(request, "projects/join.html", context, status=status)


def _dead(request: HttpRequest) -> HttpResponse:
    """Unknown, used, revoked and expired look alike."""
    return render(request, "projects/join_dead.html", status=404)


def _shortened(email: str) -> str:
    """Enough for the person whose address it is, and not for anybody else."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"
