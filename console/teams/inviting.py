"""Invitations: made, mailed, sent again, revoked, found by the link of their mail. Joining is `projects/joining.py`.

Only the mail holds the link's token; the row keeps its hash. Who holds the token has read the mail, so it proves the
address.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from console.audit.recording import record
from console.engine.rationing import Allowance, take
from console.teams.access import TeamRequest
from console.teams.account_mails import MailNotTaken
from console.teams.models import Invitation, Membership, Role, Team, User

LASTS: Final = timedelta(days=7)
DAY_SECONDS: Final = 24 * 3600
SESSION: Final = "invitation"
# The role of whoever invites → the roles they may invite to: nobody grants more than they have.
MAY_INVITE: Final = {Role.OWNER: frozenset(Role), Role.ADMIN: frozenset(Role) - {Role.OWNER}}


@dataclass(frozen=True)
class Wish:
    """What somebody shall join: `projects` empty means all of them."""

    role: str
    projects: tuple[str, ...] = ()


def invite(addresses: Iterable[str], wish: Wish, asker: TeamRequest) -> list[tuple[Invitation, str]]:
    """An invitation with its token for each address; one that was never answered is made anew. Then mail them."""
    return [_made(address, wish, asker) for address in addresses]


def send_again(invitation: Invitation, asker: TeamRequest) -> str | None:
    """A new token and seven new days; the old link is dead. None when it was answered or revoked meanwhile."""
    token = secrets.token_urlsafe(32)
    fresh = {"token_hash": hashed(token), "expires_at": timezone.now() + LASTS, "sent_at": timezone.now()}
    with transaction.atomic():
        if not Invitation.objects.unanswered().filter(pk=invitation.pk).update(**fresh):
            return None
        _record(asker, "invitation.sent_again", invitation, after=_facts(invitation))
    return token


def revoke(invitation: Invitation, asker: TeamRequest) -> bool:
    """Whether it was still unanswered: its link is dead from now on."""
    with transaction.atomic():
        revoked = Invitation.objects.unanswered().filter(pk=invitation.pk).update(revoked_at=timezone.now())
        if revoked:
            _record(asker, "invitation.revoked", invitation, before=_facts(invitation))
    return bool(revoked)


def revoke_those_beyond(theirs: Membership, asker: TeamRequest, *, is_out: bool) -> None:
    """Those that the member made and could no longer make. Inside the transaction that takes their role."""
    made = Invitation.objects.unanswered().filter(team=theirs.team_id, made_by=theirs.user_id)
    allowed = frozenset() if is_out else MAY_INVITE.get(Role(theirs.role), frozenset())
    for invitation in made.exclude(role__in=allowed):
        revoke(invitation, asker)


def mail(invitation: Invitation, token: str, asker: TeamRequest) -> bool:
    """Send the link, outside of any transaction. Whether a mail server took it."""
    link = f"{settings.PUBLIC_URL}{reverse('projects:follow', args=[token])}"
    told = {"invitation": invitation, "team": asker.team, "inviter": asker.user, "link": link, "days": LASTS.days}
    try:
        get_adapter(asker).send_mail("teams/email/invitation", invitation.email, told)
    except MailNotTaken:
        return False
    return True


def seconds_until_mails(team: Team, many: int) -> int:
    """Takes so many mails of the team's ration of a day, or none: then the seconds until there are as many again."""
    return take(f"invitation:{team.pk}", Allowance(settings.INVITATIONS_A_DAY, DAY_SECONDS), many)


def may_mail_again(asker: TeamRequest, invitation: UUID) -> bool:
    """Whether one more mail of this invitation is within the limits: three an hour, and the team's own."""
    if not ratelimit.consume(asker, action="invitation_again", key=str(invitation)):
        return False
    return not seconds_until_mails(asker.team, 1)


def proves_address(request: HttpRequest, email: str) -> bool:
    """Whether this browser followed the link of an open invitation to this address."""
    invitation = followed(request)
    return invitation is not None and invitation.email == email.lower()


def followed(request: HttpRequest) -> Invitation | None:
    """The open invitation whose link this browser followed last."""
    return find(str(request.session.get(SESSION, "")))


def follow(request: HttpRequest, token: str) -> None:
    """Remember the link's hash in the session: the address bar, and what copies it, forget the token."""
    request.session[SESSION] = hashed(token)


def is_people(email: str) -> bool:
    """Whether somebody signs in with this address already."""
    return User.objects.filter(email=email.lower()).exists()


def find(token_hash: str) -> Invitation | None:
    """The open invitation with this hash of a token."""
    found = Invitation.objects.open().filter(token_hash=token_hash).select_related("team", "made_by")
    return found.first()


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _made(address: str, wish: Wish, asker: TeamRequest) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    fresh: dict[str, Any] = {
        "role": wish.role,
        "projects": list(wish.projects),
        "made_by": asker.user,
        "token_hash": hashed(token),
        "sent_at": timezone.now(),
        "expires_at": timezone.now() + LASTS,
    }
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=asker.team.pk)
        if wish.role not in _still_grants(asker):
            raise PermissionDenied("Your role changed in this moment. Nobody was invited.")
        made, _ = Invitation.objects.unanswered().update_or_create(team=asker.team, email=address, defaults=fresh)
        _record(asker, "invitation.made", made, after=_facts(made))
    return made, token


def _still_grants(asker: TeamRequest) -> frozenset[Role]:
    """The roles they may invite to now that their team is locked: who takes their role away revokes what they made."""
    mine = Membership.objects.active().filter(pk=asker.membership.pk).first()
    return MAY_INVITE.get(Role(mine.role), frozenset()) if mine else frozenset()


def _facts(invitation: Invitation) -> dict[str, Any]:
    return {"address": invitation.email, "role": invitation.role, "projects": invitation.projects or "all"}


def _record(asker: TeamRequest, act: str, invitation: Invitation, **facts: dict[str, Any]) -> None:
    record(act, invitation, team_id=invitation.team_id, actor=asker.user, request=asker, **facts)
