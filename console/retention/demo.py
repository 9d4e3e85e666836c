"""The end of a demo team: its owner removes it, the worker deletes what it had.

The person's part is one transaction: nobody is in the team any more, so it exists for nobody. The rest follows in
pieces, once what still runs at Rivya has ended: the worker that follows a job never finds it gone. What stays are the
lines that are never changed, ledger and audit, and the names they point at: team, projects, accounts, keys without
their secrets.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from console.audit.recording import record
from console.chat.models import Conversation, Turn
from console.failures.models import Cause, SavedView
from console.files.models import ReferenceFile, Upload
from console.jobs.models import Job, Result
from console.jobs.removing import delete_files
from console.keys.models import Account, Key, Secret
from console.notices.models import Notice
from console.projects.models import Project
from console.retention.models import TeamRemoval
from console.teams.models import Membership, Team, User
from console.teams.signing_up import begin_team
from console.webhooks.models import Delivery, Endpoint

MOST_AT_ONCE: Final = 200


@dataclass(frozen=True)
class Holdings:
    """What a team has, counted."""

    jobs: int
    results: int
    size_bytes: int
    chats: int
    files: int
    projects: int
    keys: int
    endpoints: int
    people: int
    running: int

    @property
    def megabytes(self) -> float:
        return self.size_bytes / 1_000_000


def holdings(team: Team) -> Holdings:
    """What would go."""
    results = Result.objects.filter(job__team=team).exclude(content="")
    files = ReferenceFile.objects.filter(team=team)
    sizes = [rows.aggregate(size=Sum("size_bytes"))["size"] or 0 for rows in (results, files.exclude(content=""))]
    return Holdings(
        jobs=Job.objects.filter(team=team).count(),
        results=results.count(),
        size_bytes=sum(sizes),
        chats=Conversation.objects.filter(team=team).count(),
        files=files.count(),
        projects=Project.objects.filter(team=team).count(),
        keys=Key.objects.filter(team=team).count(),
        endpoints=Endpoint.objects.filter(team=team).kept().count(),
        people=Membership.objects.filter(team=team).count(),
        running=_open_jobs(team).count() + _open_turns(team).count(),
    )


def remove_demo(team: Team, *, by: User, request: HttpRequest | None = None) -> bool:
    """Take the team out of everybody's sight, and have the rest removed. False when it is no demo team, or gone."""
    with transaction.atomic():
        held = Team.objects.select_for_update().get(pk=team.pk)
        if not held.is_demo or held.removed_at is not None:
            return False
        had = holdings(held)
        facts = {"people": had.people, "jobs": had.jobs, "results": had.results, "chats": had.chats, "files": had.files}
        held.removed_at = timezone.now()
        held.save(update_fields=["removed_at"])
        Membership.objects.filter(team=held).delete()
        Project.objects.filter(team=held, archived_at=None).update(archived_at=held.removed_at)
        TeamRemoval.objects.create(team=held)
        record("team.removed", held, team_id=held.pk, actor=by, before=facts, request=request)
        if not belongs_elsewhere(by, held):
            begin_team(by, request=request)
    return True


def belongs_elsewhere(person: User, team: Team) -> bool:
    """Whether they are in another team. Who is not begins with one of their own: nobody may be left to invite them."""
    return Membership.objects.active().filter(user=person).exclude(team=team).exists()


def clear_removed_teams() -> bool:
    """Delete the next piece of a removed team. Whether anything went."""
    waiting = TeamRemoval.objects.filter(cleared_at=None).select_related("team")
    went = [_clear(removal) for removal in waiting[:5]]
    return any(went)


def _clear(removal: TeamRemoval) -> bool:
    team = removal.team
    if _open_jobs(team).exists() or _open_turns(team).exists():
        return False
    if _files_went(team):
        return True
    for rows in _rows(team):
        with transaction.atomic():
            if rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])).delete()[0]:
                return True
    with transaction.atomic():
        if TeamRemoval.objects.filter(pk=team.pk, cleared_at=None).update(cleared_at=timezone.now()):
            Key.objects.filter(team=team).update(state=Key.State.RETIRED)
            record("team.cleared", team, team_id=team.pk, actor=None)
    return True


def _files_went(team: Team) -> bool:
    """Bytes before the rows that name them: a worker that is killed between the two finds the rows again."""
    found: list[QuerySet[Any]] = [Result.objects.filter(job__team=team), ReferenceFile.objects.filter(team=team)]
    for rows in found:
        some = list(rows.exclude(content="").only("content", "preview")[:MOST_AT_ONCE])
        for row in some:
            delete_files([row.content.name, row.preview.name])
        if rows.model.objects.filter(pk__in=[row.pk for row in some]).update(content="", preview=""):
            return True
    return False


def _rows(team: Team) -> list[QuerySet[Any]]:
    """In the order in which they can go: what points at a row goes before it."""
    accounts = Account.objects.filter(team=team)
    return [
        Cause.objects.filter(team=team),
        SavedView.objects.filter(team=team),
        Delivery.objects.filter(team=team),
        Endpoint.objects.filter(team=team),
        Job.objects.filter(team=team).order_by(),
        Turn.objects.filter(conversation__team=team).order_by(),
        Conversation.objects.filter(team=team).order_by(),
        ReferenceFile.objects.filter(team=team).order_by(),
        Upload.objects.filter(account__in=accounts).order_by(),
        Notice.objects.filter(team=team),
        Secret.objects.filter(key__team=team),
    ]


def _open_jobs(team: Team) -> "QuerySet[Job]":
    return Job.objects.open().filter(team=team)


def _open_turns(team: Team) -> "QuerySet[Turn]":
    return Turn.objects.unsettled().filter(conversation__team=team)
