"""One of everything that a page can show, written as rows: nothing runs, so every state lasts while it is looked at.

For `manage.py shell`, beside a console whose sandbox answers: `from tests.journeys.everything import tell; tell()`
"""

import json
import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import admin
from django.core.files.base import ContentFile
from django.utils import timezone

from console.audit.recording import record
from console.catalogue.models import CatalogueModel
from console.catalogue.refreshing import refresh
from console.credits import asking, ledger
from console.credits.models import WalletInterval, WalletSample
from console.files.models import FileKind, ReferenceFile
from console.jobs.models import Job, Result, Step
from console.jobs.timeline import note
from console.keys.clients import from_sync
from console.notices.telling import tell as notify
from console.projects.models import Project
from console.support.models import Opening
from console.teams.models import Membership, Role, Team, User
from tests.factories import make_account, make_invitation, make_job, make_key, make_project, make_team, make_user
from tests.files.samples import picture, sound, video
from tests.journeys import everything_said, everything_wrong, visitors

SECRET = "rvya_sk_sandbox_demo_0000000000000001"
LONG = (
    "A ceramic mug on a linen table, steam rising in window light, seen from slightly above, with room for a headline"
)
Ids = dict[str, dict[str, str]]


def tell() -> None:
    """Make it all, and print as JSON what the addresses need: ids by kind and label, cookies by visitor."""
    from_sync(refresh)()
    owner, team = make_user("alice"), make_team(name="Alice's team")
    Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    project = make_project(team, make_key(team, SECRET, name="Studio work"), name="Spring launch")
    ids = _made(team, project, owner)
    cookies = visitors.come(team, owner, ids)
    ids |= of_admin()
    json.dump({"ids": ids, "cookies": cookies}, sys.stdout)


def _made(team: Team, project: Project, owner: User) -> Ids:
    jobs = {state: _job(project, owner, state) for state in Job.Status.values}
    ids = {"job": _labelled(jobs) | {"removed": str(_removed(project, owner).pk)}}
    results = _results(jobs["succeeded"])
    ids |= {"result": _labelled(results), "file": {"one": str(_file(project).pk)}}
    ids |= {"project": _labelled({"one": project, "over its budget": _overspent(project, owner)})}
    ids |= {"key": {"one": str(project.key_id)}, "team": {"one": str(team.pk)}}
    ids |= _people(team, project, owner) | _wallet(team, project) | _charged(project, owner)
    ids |= everything_said.chats(project, owner) | everything_wrong.causes(project, owner)
    ids |= everything_wrong.endpoints(project, jobs["succeeded"])
    notify([owner], team=team, kind="budget", key="budget-80", title="Spring launch has used 80 % of its budget")
    ids |= {"notice": {"one": str(owner.notices.get(key="budget-80").pk)}}
    line = record("team.changed", team, team_id=team.pk, actor=owner, before={"name": "A"}, after={"name": "B"})
    return ids | {"line": {"one": str(line.pk)}}


def of_admin() -> Ids:
    """The first row of each kind that the admin site shows, under the name that its addresses have."""
    rows = {model._meta: model._default_manager.first() for model in admin.site._registry}
    return {f"admin {meta.app_label}_{meta.model_name}": {"one": str(row.pk)} for meta, row in rows.items() if row}


def _labelled(things: dict[str, Any]) -> dict[str, str]:
    return {label: str(thing.pk) for label, thing in things.items()}


def _job(project: Project, person: User, state: str) -> Job:
    ago = timezone.now() - timedelta(minutes=7)
    told: dict[str, Any] = {"status": state, "created_at": ago, "accepted_at": ago, "rivya_id": f"task_{uuid4().hex}"}
    if state in Job.FINAL:
        told |= {"finished_at": timezone.now(), "final_credits": 1}
    if state in {"failed", "refused", "unknown", "needs_review"}:
        told |= {
            "error_code": "generation_failed",
            "error_message": "The model could not finish.",
            "request_id": "req_1",
        }
    job = make_job(project, person, model=CatalogueModel.objects.get(pk="z-image"), prompt=LONG, **told)
    note(job.pk, Step.Source.RIVYA, Step.Kind.ACCEPTED, "Queued", status=202, request_id="req_1", milliseconds=84)
    return job


def _removed(project: Project, person: User) -> Job:
    """Its results were taken by the project's retention."""
    job = _job(project, person, "succeeded")
    Job.objects.filter(pk=job.pk).update(results_removed_at=timezone.now())
    Result.objects.create(job=job, index=0, state=Result.State.REMOVED, kind="image", next_try_at=None)
    note(job.pk, Step.Source.CONSOLE, Step.Kind.REMOVED, "The project keeps results for 30 days")
    return job


def _results(job: Job) -> dict[str, Result]:
    """A picture, a film, a sound, one on its way, one lost, one held back."""
    here: dict[str, Any] = {
        "state": Result.State.COLLECTED,
        "width": 64,
        "height": 48,
        "next_try_at": None,
        "sha256": "1" * 64,
    }
    made: dict[str, tuple[bytes, dict[str, Any]]] = {
        "image": (picture(), {"kind": "image", "mime_type": "image/png"}),
        "video": (video(), {"kind": "video", "mime_type": "video/mp4", "duration_seconds": 1}),
        "audio": (sound(), {"kind": "audio", "mime_type": "audio/wav", "duration_seconds": 1, "peaks": [40] * 96}),
    }
    results = {}
    for index, (kind, (content, told)) in enumerate(made.items()):
        result = Result(job=job, index=index, size_bytes=len(content), **here | told)
        result.content.save(kind, ContentFile(content), save=False)
        result.preview.save(f"{kind}.webp", ContentFile(picture("WEBP")), save=False)
        result.save()
        results[kind] = result
    for index, state in enumerate((Result.State.PENDING, Result.State.HELD, Result.State.LOST), start=len(made)):
        Result.objects.create(job=job, index=index, state=state, source_host="media.example", next_try_at=None)
    return results


def _file(project: Project) -> ReferenceFile:
    told = {"kind": FileKind.IMAGE, "name": "a-mug-with-a-rather-long-name.png", "mime_type": "image/png"}
    file = ReferenceFile(team=project.team, project=project, sha256="5" * 64, size_bytes=len(picture()), **told)
    file.content.save("x", ContentFile(picture()), save=False)
    file.preview.save("x", ContentFile(picture("WEBP")), save=False)
    file.save()
    return file


def _overspent(like: Project, person: User) -> Project:
    project = make_project(like.team, like.key, name="Help centre")
    for _ in range(3):
        ledger.settle(_job(project, person, "succeeded").pk, 20)
    Project.objects.filter(pk=project.pk).update(monthly_budget=40)
    return project


def _people(team: Team, project: Project, owner: User) -> Ids:
    bob = make_user("bob", team)
    colleague = Membership.objects.get(user=bob)
    invitation = make_invitation(team, by=owner)
    ask = asking.ask(project, 50, "The launch needs three more films.", by=bob)
    sue = make_user("sue", is_staff=True, is_superuser=True)
    opening = Opening.objects.create(team=team, staff=sue, reason="Ticket 4711: a job failed and nobody knows why")
    made = {"membership": colleague, "invitation": invitation, "ask": ask, "opening": opening}
    return {kind: {"one": str(thing.pk)} for kind, thing in made.items()}


def _wallet(team: Team, project: Project) -> Ids:
    """A wallet that lost more than our work explains."""
    assert project.key
    account, now = project.key.account, timezone.now()
    times = [now - timedelta(hours=hours) for hours in (9, 6, 3, 1)]
    for balance, at in zip((900, 880, 700, 690), times, strict=True):
        WalletSample.objects.create(account=account, balance=balance, asked_at=at, at=at, still_at=at)
    drift = {"before": 880, "after": 700, "explained": -20, "unexplained": -160, "is_final": True}
    interval = WalletInterval.objects.create(account=account, from_at=times[1], to_at=times[2], **drift)
    spare = make_account(team, label="A second account")
    return {"interval": _labelled({"one": interval}), "account": _labelled({"one": account, "without keys": spare})}


def _charged(project: Project, person: User) -> Ids:
    job = _job(project, person, "succeeded")
    ledger.settle(job.pk, 1)
    return {"charge": _labelled({"one": job})}
