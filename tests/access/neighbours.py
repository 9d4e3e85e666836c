"""Another team, whose key is of the same Rivya account, and what its owner sends with ids that are not theirs."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.utils import timezone

from console.failures.models import Bulk, Cause, SavedView
from console.jobs.models import Job
from console.teams.models import Membership, Role, Team, User
from console.webhooks.models import Endpoint
from tests.access.people import Scene
from tests.factories import make_account, make_chat_model, make_job, make_key, make_project, make_turn
from tests.factories import make_user as somebody
from tests.failures.failing import fail

PASSING = {"Session", "UserSession", "Event", "TokenRecord"}
TASK = "task_of_the_shared_account"  # Rivya's id: both teams could name it, as their keys are of one account


@dataclass(frozen=True)
class Attempt:
    """A POST of the stranger: everything is their own, but the field `naming` names `kind` of the other team.

    `own` is what stands in the address; `@project` in the form is the stranger's own project.
    """

    name: str
    naming: str
    kind: str
    own: str = ""
    form: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name} {self.naming}={self.kind}"


ASK = {"project": "@project", "model": "gpt-5-2-chat", "message": "Hi", "submission": "@new"}
MAKE = {"project": "@project", "model": "z-image", "prompt": "A fox", "drawn_for": "z-image", "price": "1"}
MAKE |= {"schema": "0", "form": "@new"}
PROJECT = {"name": "Autumn", "purpose": "Leaves", "key": "@key", "default_model": "", "monthly_budget": "9"}
ATTEMPTS = [
    Attempt("jobs:index", "project", "project", form=MAKE),
    Attempt("jobs:index", "from", "job", form=MAKE),
    Attempt("jobs:index", "reference", "file", form=MAKE),
    Attempt("jobs:index", "left_out", "file", form=MAKE),
    Attempt("jobs:new", "project", "project", form=MAKE),
    Attempt("jobs:new", "from", "job", form=MAKE),
    Attempt("jobs:new", "reference", "file", form=MAKE),
    Attempt("chat:index", "project", "project", form=ASK),
    Attempt("chat:index", "reference", "file", form=ASK),
    Attempt("chat:index", "turn", "turn", form=ASK),
    Attempt("chat:turns", "reference", "file", "conversation", {"message": "Hi", "submission": "@new"}),
    Attempt("files:index", "project", "project"),
    Attempt("projects:new", "key", "key", form=PROJECT),
    Attempt("projects:edit", "key", "key", "project", PROJECT),
    Attempt("keys:join", "into", "account", "account"),
    Attempt("webhooks:new", "key", "key", form={"name": "Mine"}),
    Attempt("projects:invite", "projects", "project", form={"addresses": "d@example.com", "role": "member"}),
    Attempt("projects:member", "projects", "project", "membership", {"sees": "some"}),
    Attempt("failures:assignment", "person", "person", "cause"),
    Attempt("failures:retries", "job", "job", "cause"),
    Attempt("failures:retries", "job", "failed", "cause"),
    Attempt("failures:save_view", "query", "project", form={"name": "Ours"}),
    Attempt("retention:project", "project", "project", "project", {"results": "1", "chats": "1", "seen": "1/1"}),
    Attempt("teams:change_role", "membership", "membership", "membership", {"role": "admin"}),
    Attempt("notices:reading", "notice", "notice"),
]
# Ids in addresses' queries, tried at every page that has no id of its own. Some are headers of a stream.
QUERIES = {
    "project": "project", "key": "key", "from": "job", "person": "person", "turn": "turn", "file": "file",
    "reference": "file", "chosen": "file", "account": "account", "team": "team", "actor": "person",
    "object": "job", "q": "job", "cause": "cause", "view": "saved_view", "conversation": "conversation",
}  # fmt: skip


def settle_in(here: Scene) -> dict[str, str]:
    """What is the stranger's own, by kind; and the ids of the other team that a form may name besides."""
    stranger = User.objects.get(email="stranger@example.com")
    team = Team.objects.get(memberships__user=stranger)
    project = make_project(team, make_key(team), name="Mine")
    Job.objects.filter(pk=here.ids["job"]).update(rivya_id=TASK)
    mine = make_job(project, stranger, status="processing", rivya_id=TASK)
    owner = Membership.objects.get(team=here.team, role=Role.OWNER).user
    here.ids["failed"] = str(fail(make_job(_project(here), owner).project, owner).pk)
    here.ids["person"] = str(owner.pk)
    fail(project, stranger)
    turn = make_turn(project, stranger, model=make_chat_model())
    type(turn).objects.filter(pk=turn.pk).update(status="failed", finished_at=timezone.now())
    key = project.key
    assert key
    cause = Cause.objects.get(team=team)
    made = {
        "project": project, "key": key, "job": mine, "turn": turn, "conversation": turn.conversation, "cause": cause,
        "account": make_account(team, label="Another"), "bulk": Bulk.objects.create(cause=cause, person=stranger),
        "saved_view": SavedView.objects.create(team=team, name="Mine"),
        "membership": Membership.objects.get(user=somebody("friend", team)),
        "endpoint": Endpoint.objects.create(team=team, account=key.account, key=key, name="Mine"),
    }  # fmt: skip
    return {kind: str(thing.pk) for kind, thing in made.items()}


def _project(here: Scene) -> Any:
    return apps.get_model("projects", "Project")._default_manager.get(pk=here.ids["project"])


def filled(form: dict[str, Any], own: dict[str, str], new: str) -> dict[str, Any]:
    """The form with the stranger's own ids in it."""
    return {
        name: new if value == "@new" else own[value[1:]] if str(value).startswith("@") else value
        for name, value in form.items()
    }


def stored() -> set[str]:
    """Every row of every table of ours, as text."""
    models = [model for model in apps.get_models() if model.__name__ not in PASSING and model._meta.managed]
    return {f"{model._meta.label} {row}" for model in models for row in map(repr, model._base_manager.values_list())}


def new_id() -> str:
    return str(uuid4())
