"""See the console through the eyes of one member of an opened team.

Not django-hijack: it signs the staff in as the person, so that everything after the half hour, and every address that
forgets to ask, is the person's own. Here the session stays the staff's own and the person stands in for one request at
a time, as long as the row says so: when anything fails, the staff see what the staff see.
"""

from typing import Final

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from console.audit.recording import record
from console.support.models import Opening, Viewing, closed_teams_of
from console.teams.models import Team, User

COOKIE = "console_viewing"
SAME_SITE: Final = "Lax"


class WouldShowMore(Exception):
    """The person is also in teams that are closed to whoever asks; nothing was begun."""

    def __init__(self, teams: list[Team]) -> None:
        super().__init__(", ".join(team.name for team in teams))
        self.teams = teams


def begin(opening: Opening, person: User, request: HttpRequest) -> Viewing:
    """Begin to see as the person sees, until the opening ends. Raises Http404 for who is no member, WouldShowMore."""
    get_object_or_404(opening.team.memberships.active(), user=person)
    if closed := closed_teams_of(person, opening.staff):
        raise WouldShowMore(closed)
    with transaction.atomic():
        viewing = Viewing.objects.create(opening=opening, person=person)
        _record("support.view_began", viewing, request)
    return viewing


def end(viewing: Viewing, request: HttpRequest) -> None:
    """See with one's own eyes again."""
    with transaction.atomic():
        if Viewing.objects.filter(pk=viewing.pk, ended_at=None).update(ended_at=timezone.now()):
            _record("support.view_ended", viewing, request)


def note_page(viewing: Viewing, request: HttpRequest) -> None:
    """Write down that a page was read: its address, without what was searched for in it."""
    person, told = viewing.person, {"page": request.path}
    # `record` knows whose eyes are looked through, and names the staff as the actor.
    record("support.page_seen", person, team_id=viewing.opening.team_id, actor=person, after=told, request=request)


def _record(act: str, viewing: Viewing, request: HttpRequest) -> None:
    opening = viewing.opening
    told = {"staff": str(opening.staff), "seen_as": str(viewing.person), "reason": opening.reason}
    record(act, viewing.person, team_id=opening.team_id, actor=opening.staff, after=told, request=request)
