"""What may be done to an invitation that is open: send it again, revoke it. `projects/inviting_views.py` makes them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from console.teams import domains, inviting, people_page
from console.teams.access import Act, TeamRequest, enter
from console.teams.account_mails import has_mail_server
from console.teams.models import Invitation, Role

ALREADY = "This invitation was accepted or revoked already."


@require_POST
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mail a new link; the old one is dead."""
    asker, invitation = _found(request, pk)
    if problem := _beyond(asker, invitation) or domains.against(asker.team, invitation.email):
        return people_page.show(asker, problem=problem, status=422)
    if not inviting.may_mail_again(asker, invitation.pk):
        return people_page.show(asker, problem="That was mailed often enough for now. Wait an hour.", status=429)
    token = inviting.send_again(invitation, asker)
    if token is None:
        return people_page.show(asker, problem=ALREADY, status=422)
    tell_mailed(asker, [invitation.email] if inviting.mail(invitation, token, asker) else [], [invitation.email])
    return redirect("teams:people")


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the link dead."""
    asker, invitation = _found(request, pk)
    if problem := _beyond(asker, invitation):
        return people_page.show(asker, problem=problem, status=422)
    if not inviting.revoke(invitation, asker):
        return people_page.show(asker, problem=ALREADY, status=422)
    messages.success(request, f"The invitation of {invitation.email} is revoked; its link is dead.")
    return redirect("teams:people")


def tell_mailed(request: HttpRequest, mailed: list[str], asked: list[str]) -> None:
    """Say on the next page whom a mail server took an invitation for, and whom not."""
    if mailed and not has_mail_server():
        messages.warning(
            request, f"This console has no mail server: what it would mail to {', '.join(mailed)} is in its log."
        )
    elif mailed:
        messages.success(request, f"Invited: {', '.join(mailed)}. The link works for seven days.")
    if failed := [each for each in asked if each not in mailed]:
        messages.error(request, f"No mail went out to {', '.join(failed)}: the mail server refused. Send it again.")


def _found(request: HttpRequest, pk: UUID) -> tuple[TeamRequest, Invitation]:
    mine = Invitation.objects.visible_to(request.user).select_related("team")
    invitation = get_object_or_404(mine, pk=pk)
    return enter(request, invitation.team, Act.MANAGE_PEOPLE), invitation


def _beyond(asker: TeamRequest, invitation: Invitation) -> str:
    allowed = inviting.MAY_INVITE.get(Role(asker.membership.role), frozenset())
    return "" if invitation.role in allowed else "Only an owner changes the invitation of an owner."
