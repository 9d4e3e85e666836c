"""Makers of rows for tests: plain functions, in alphabetical order, each with only what it needs."""

from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from console.catalogue.models import CatalogueModel
from console.chat.asking import Question, open_turn
from console.chat.models import Conversation, Turn
from console.chat.unlocking import usable_secret
from console.jobs.models import Job, Result
from console.jobs.opening import Order, open_job
from console.keys import vault
from console.keys.models import Account, Key, Secret
from console.projects.models import Project
from console.teams.inviting import LASTS, hashed
from console.teams.models import Invitation, Membership, Role, Team, User

_numbers = count(1)


def make_account(team: Team, **fields: Any) -> Account:
    return Account.objects.create(team=team, **{"label": "Rivya account", **fields})


def make_chat_model(model_id: str = "gpt-5-2-chat", **fields: Any) -> CatalogueModel:
    able = {"streaming": True, "web_search": True, "image_attachments": True, "thoughts": False, "reasoning": True}
    values = {"category": "chat", "base_credits": 3, "billing_type": "TOKEN_BASED", "max_prompt_length": 20000}
    return make_model(model_id, **values | {"raw": {"id": model_id, "chat_capabilities": able}} | fields)


def make_invitation(
    team: Team, email: str = "dana@example.com", *, by: User | None = None, **fields: Any
) -> Invitation:
    """An open one; its token is "token-of-" and the address."""
    now = timezone.now()
    values = {"role": Role.MEMBER, "sent_at": now, "expires_at": now + LASTS, "token_hash": hashed(f"token-of-{email}")}
    return Invitation.objects.create(team=team, email=email, made_by=by, **values | fields)


def make_job(project: Project, person: User, *, model: CatalogueModel | None = None, **fields: Any) -> Job:
    """A job through the front door: with its bytes, its idempotency key and its reservation."""
    prompt = fields.pop("prompt", "A paper boat on a still lake")
    submission = fields.pop("submission", uuid4())
    params = fields.pop("params", {})
    job = open_job(Order(submission, project, person, model or make_model(), prompt, params))
    if fields:
        Job.objects.filter(pk=job.pk).update(**fields)
        job.refresh_from_db()
    return job


def make_key(team: Team, secret: str = "rvya_sk_test_0000000000000000", **fields: Any) -> Key:
    account = fields.pop("account", None) or Account.objects.filter(team=team).first() or make_account(team)
    number = next(_numbers)
    key = Key.objects.create(
        team=team, account=account, **{"name": f"Key {number}", "purpose": f"purpose-{number}", **fields}
    )
    make_secret(key, secret)
    return key


def make_model(model_id: str = "z-image", **fields: Any) -> CatalogueModel:
    values = {
        "display_name": model_id.replace("-", " ").title(),
        "category": "image",
        "base_credits": 1,
        "billing_type": "FIXED",
        "api_status": "available",
        "api_input_status": "available_text",
        "max_prompt_length": 1000,
        "raw": {"id": model_id, "params": []},
        "schema_hash": "0",
        "changed_at": timezone.now(),
    }
    return CatalogueModel.objects.update_or_create(id=model_id, defaults=values | fields)[0]


def make_project(team: Team, key: Key | None = None, **fields: Any) -> Project:
    number = next(_numbers)
    values = {"name": f"Project {number}", "purpose": "Pictures for the spring page"}
    return Project.objects.create(team=team, key=key, **{**values, **fields})


def make_result(job: Job, **fields: Any) -> Result:
    """A result that is here, without bytes; a still of 1600 by 900 unless told otherwise."""
    values = {"index": job.results.count(), "state": Result.State.COLLECTED, "kind": "image", "mime_type": "image/png"}
    return Result.objects.create(job=job, **{**values, "width": 1600, "height": 900, "next_try_at": None, **fields})


def make_secret(key: Key, secret: str, **fields: Any) -> Secret:
    secret_id = uuid4()
    return Secret.objects.create(
        id=secret_id,
        key=key,
        sealed=vault.seal(secret, table="keys_secret", row=secret_id, team=key.team_id),
        fingerprint=vault.fingerprint(secret),
        last_four=secret[-4:],
        **{"version": key.secrets.count() + 1, **fields},
    )


def make_team(owner: User | None = None, **fields: Any) -> Team:
    team = Team.objects.create(**{"name": f"Team {next(_numbers)}", **fields})
    if owner:
        Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    return team


def make_turn(project: Project, person: User, text: str = "How do we launch?", **fields: Any) -> Turn:
    """A turn through the front door, due for whoever recovers; in a new conversation unless one is given."""
    conversation: Conversation | None = fields.pop("conversation", None)
    model = fields.pop("model", None) or make_chat_model()
    submission = fields.pop("submission", uuid4())
    question = Question(submission, project, person, model, text, conversation=conversation)
    assert project.key
    secret = usable_secret(conversation) if conversation else project.key.current_secret()
    assert secret
    turn, _ = open_turn(question, secret, fields.pop("lease", None))
    if fields:
        Turn.objects.filter(pk=turn.pk).update(**fields)
    return Turn.objects.select_related("conversation").get(pk=turn.pk)


def make_user(name: str, team: Team | None = None, role: str = Role.MEMBER, **fields: Any) -> User:
    user = User.objects.create_user(f"{name}@example.com", "correct horse battery", name=name.title(), **fields)
    if team:
        Membership.objects.create(team=team, user=user, role=role)
    return user
