"""Everybody who may come to an address of Alice's team, and the team with one of everything in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import time_machine
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from console.audit.recording import record
from console.credits import asking, ledger
from console.credits.models import WalletInterval
from console.failures.models import Bulk, Cause, SavedView
from console.files.models import FileKind, ReferenceFile
from console.jobs.models import Result
from console.notices.models import Notice
from console.notices.telling import tell
from console.projects.models import Project, ProjectMember
from console.support.models import Opening
from console.teams.models import Membership, Role, Team, User
from console.webhooks.models import Delivery, Endpoint
from tests.factories import make_account, make_invitation, make_job, make_key, make_project, make_team, make_turn
from tests.factories import make_user as somebody
from tests.files.samples import picture

MARK = "Zauberberg"  # stands in every name and text of the team
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OWN_TEAM = ("stranger",)
TEAMLESS = ("staff", "suspended")
ROLES = {"viewer": Role.VIEWER, "outsider": Role.MEMBER, "member": Role.MEMBER, "admin": Role.ADMIN}
ROLES |= {"owner": Role.OWNER}
NOBODY = ("anonymous", "deactivated")
WHO = (*NOBODY, *OWN_TEAM, *TEAMLESS, *ROLES)


@dataclass
class Scene:
    """`ids` by kind; `sessions` by who, the cookie's value."""

    team: Team
    ids: dict[str, str]
    sessions: dict[str, str]
    browser: Client
    moment: datetime = field(default_factory=timezone.now)  # when everything is asked, so that answers can be compared
    own: dict[str, str] = field(default_factory=dict)  # the stranger's, by kind (`neighbours.settle_in`)

    def ask(self, who: str, method: str, path: str, data: Any = None, **headers: Any) -> Any:
        """The answer; what it did to the rows is undone."""
        self.browser.cookies.clear()
        if who in self.sessions:
            self.browser.cookies["console_session"] = self.sessions[who]
        with transaction.atomic(), time_machine.travel(self.moment, tick=False):
            if method == "POST":
                answer = self.browser.post(path, data or {}, headers=headers)
            else:
                answer = self.browser.generic(method, path, headers=headers)
            transaction.set_rollback(True)
        return answer


@contextmanager
def scene() -> Iterator[Scene]:
    """Made once, in a transaction that is undone at the end."""
    with transaction.atomic():
        team = make_team(name=f"{MARK} team")
        people = _people(team)
        project = make_project(team, make_key(team, name=f"{MARK} key"), name=f"{MARK} spring", purpose=MARK)
        elsewhere = make_project(team, project.key, name="The other project")
        outsider = Membership.objects.get(user=people["outsider"])
        Membership.objects.filter(pk=outsider.pk).update(all_projects=False)
        ProjectMember.objects.create(membership=outsider, project=elsewhere)
        sessions = {who: _session(people[who]) for who in people}
        User.objects.filter(pk=people["deactivated"].pk).update(is_active=False)
        yield Scene(team, _objects(team, project, people), sessions, Client(raise_request_exception=False))
        transaction.set_rollback(True)


def _people(team: Team) -> dict[str, User]:
    people = {who: somebody(who, team, role) for who, role in ROLES.items()}
    people["stranger"] = somebody("stranger")
    make_team(people["stranger"], name="A stranger's team")
    people["staff"] = somebody("staff", is_staff=True, is_superuser=True)
    people["suspended"] = somebody("suspended", team)
    people["deactivated"] = somebody("deactivated", team)
    people["colleague"] = somebody("colleague", team)
    User.objects.filter(pk=people["colleague"].pk).update(name=f"{MARK} colleague")
    Membership.objects.filter(user=people["suspended"]).update(suspended_at=timezone.now())
    return people


def _session(person: User) -> str:
    client = Client()
    client.force_login(person, BACKEND)
    return client.cookies["console_session"].value


def _objects(team: Team, project: Project, people: dict[str, User]) -> dict[str, str]:
    owner, key = people["owner"], project.key
    assert key
    job = make_job(project, owner, prompt=MARK)
    charged = make_job(project, owner, prompt=MARK)
    ledger.settle(charged.pk, 1)
    turn = make_turn(project, owner, MARK)
    told = {"code": "x", "model": "z-image", "count": 1, "last_seen_at": job.created_at}
    cause = Cause.objects.create(team=team, **told)
    tell([owner], team=team, kind="budget", key="budget-80", title=f"{MARK} has used 80 %")
    endpoint = Endpoint.objects.create(team=team, account=key.account, key=key, name=MARK)
    stretch = {"before": 9, "after": 7, "unexplained": -2, "is_final": True}
    account = make_account(team, label=f"{MARK} account")
    made: dict[str, Any] = {
        "team": team, "project": project, "key": key, "account": account, "job": job, "charge": charged,
        "result": _result(job), "file": _file(project), "conversation": turn.conversation, "turn": turn,
        "ask": asking.ask(project, 5, MARK, by=owner), "notice": Notice.objects.get(person=owner, kind="budget"),
        "membership": Membership.objects.get(user=people["colleague"]),
        "invitation": make_invitation(team, by=owner),
        "interval": WalletInterval.objects.create(
            account=account, from_at=job.created_at, to_at=turn.created_at, **stretch
        ),
        "opening": Opening.objects.create(team=team, staff=people["staff"], reason=MARK),
        "endpoint": endpoint,
        "delivery": Delivery.objects.create(team=team, endpoint=endpoint, verdict="accepted", task_id="task_1"),
        "line": record("team.changed", team, team_id=team.pk, actor=owner),
        "cause": cause, "bulk": Bulk.objects.create(cause=cause, person=owner),
        "saved_view": SavedView.objects.create(team=team, name=MARK),
    }  # fmt: skip
    return {kind: str(thing.pk) for kind, thing in made.items()} | {"absent": str(uuid4())}


def _result(job: Any) -> Result:
    result = Result(job=job, index=0, state=Result.State.COLLECTED, kind="image", mime_type="image/png", width=8)
    result.content.save("zauberberg.png", ContentFile(picture()), save=False)
    result.preview.save("zauberberg.webp", ContentFile(picture()), save=False)
    result.save()
    return result


def _file(project: Project) -> ReferenceFile:
    told = {"kind": FileKind.IMAGE, "name": f"{MARK}.png", "mime_type": "image/png", "size_bytes": 1}
    file = ReferenceFile(team=project.team, project=project, sha256="5" * 64, **told)
    file.content.save("x", ContentFile(picture()), save=False)
    file.preview.save("x", ContentFile(picture()), save=False)
    file.save()
    return file
