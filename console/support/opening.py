"""Open a team to a person of the staff, and close it again: written down and told, in one transaction."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from console.audit.recording import record
from console.notices.telling import tell
from console.support.models import Opening
from console.teams.access import Act, people_who_may
from console.teams.models import Team, User


def opening_of(staff: User, team_id: UUID | None) -> Opening | None:
    """What lets this person of the staff read the team's content now; None while it is closed to them."""
    return Opening.objects.held_by(staff).filter(team=team_id).select_related("team").first()


def open_team(team: Team, staff: User, reason: str, request: HttpRequest) -> Opening:
    """Half an hour from now. A team that is open to them already stays as it is: it is never made longer."""
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)  # two clicks at once are one opening
        already = opening_of(staff, team.pk)
        if already is not None:
            return already
        opening = Opening.objects.create(team=team, staff=staff, reason=reason)
        told = {"reason": reason, "until": opening.until.isoformat(timespec="seconds")}
        record("support.opened", team, team_id=team.pk, actor=staff, after=told, request=request)
        tell(
            people_who_may(Act.MANAGE_TEAM, team.pk),
            team=team,
            kind="support",
            key=f"support-{opening.pk}",
            title=f"Support opened {team.name} for 30 minutes",
            text=f"{staff} may read prompts, results, chats and files. Their reason: {reason}",
            url=reverse("support:index"),
        )
    return opening


def end(opening: Opening, by: User, request: HttpRequest) -> bool:
    """Close it before its time, and with it every look through somebody's eyes. False when it was over already."""
    with transaction.atomic():
        now = timezone.now()
        if not Opening.objects.open().filter(pk=opening.pk).update(ended_at=now, ended_by=by):
            return False
        told = {"staff": str(opening.staff), "reason": opening.reason}
        record("support.closed", opening.team, team_id=opening.team_id, actor=by, after=told, request=request)
    return True
