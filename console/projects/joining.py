"""Accept an invitation: once, by whoever has shown that its address is theirs."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console.audit.recording import record
from console.projects.membership import limit
from console.projects.models import Project
from console.teams import domains
from console.teams.models import Invitation, Membership, Team, User


class CannotJoin(Exception):
    """The invitation ended in this moment, or never let this person in; nothing was changed."""


def join(invitation: Invitation, person: User, request: HttpRequest) -> Membership:
    """Make them a member. Raises CannotJoin; of several clicks one wins, and a revocation before it wins over all."""
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=invitation.team_id)
        if not is_theirs(invitation, person) or not domains.allows(team, invitation.email):
            raise CannotJoin
        mine = Invitation.objects.open().filter(pk=invitation.pk, token_hash=invitation.token_hash)
        if not mine.update(accepted_at=timezone.now(), accepted_by=person):
            raise CannotJoin
        membership, is_new = Membership.objects.get_or_create(
            team=team, user=person, defaults={"role": invitation.role}
        )
        if membership.suspended_at:
            raise CannotJoin
        prove_address(person, invitation.email)
        facts = {"role": membership.role, "invited_by": str(invitation.made_by or "somebody who is gone")}
        record("member.joined", membership, team_id=team.pk, actor=person, after=facts, request=request)
        if is_new and invitation.projects:
            limit(membership, projects_of(invitation), actor=person, request=request)
    return membership


def is_theirs(invitation: Invitation, person: User) -> bool:
    """Whether it was made for an address of this person.

    Their account's own address counts even before it was confirmed: whoever holds the link has read its mail.
    """
    if person.email == invitation.email:
        return True
    return bool(EmailAddress.objects.filter(user=person, email__iexact=invitation.email, verified=True).exists())


def projects_of(invitation: Invitation) -> list[Project]:
    """The projects chosen for them that are still there."""
    return list(Project.objects.filter(team=invitation.team_id, pk__in=invitation.projects).open())


def prove_address(person: User, email: str) -> None:
    """The link came by mail to this address: it needs no second mail."""
    if person.email != email:
        return  # a further address, which is_theirs has seen confirmed
    if not EmailAddress.objects.filter(user=person, email__iexact=email).update(verified=True):
        is_first = not EmailAddress.objects.filter(user=person, primary=True).exists()
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=is_first)
