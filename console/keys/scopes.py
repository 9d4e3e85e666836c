"""What a secret may do at Rivya (rivya-api.md §1.2), in words, and what calls teach us about it."""

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from console.keys.models import Secret
from console.live.publishing import publish

Holds = Literal["yes", "no", "unproven"]


@dataclass(frozen=True)
class Scope:
    """One scope: `word` is what it allows, `without` what does not work when it is missing."""

    name: str
    word: str
    without: str


SCOPES: Final = (
    Scope("generations:create", "Start jobs", "Jobs cannot be sent with this key."),
    Scope("generations:read", "Follow jobs", "Jobs cannot be followed: their results stay at Rivya."),
    Scope("files:create", "Upload files", "Reference files cannot be uploaded."),
    Scope("files:read", "Read files", "Uploads cannot be looked up again at Rivya."),
    Scope("chat:create", "Chat", "Chat turns cannot be sent with this key."),
    Scope("chat:read", "Read chats", "A cut chat answer cannot be found again."),
    Scope("credits:read", "See the balance", "The balance of the Rivya account cannot be shown."),
    Scope("webhooks:manage", "Manage webhooks", "Webhook endpoints cannot be set up with this key."),
)
NAMES: Final = frozenset(scope.name for scope in SCOPES)


@dataclass(frozen=True)
class Mark:
    """A scope as one secret has it, for a page."""

    scope: Scope
    holds: Holds


def marks(secret: Secret | None) -> list[Mark]:
    """Every scope as this secret has it; what was never found out is unproven."""
    known = secret.scopes if secret else {}
    return [Mark(scope, known.get(scope.name, "unproven")) for scope in SCOPES]


def merged(known: dict[str, Holds], found: dict[str, Holds]) -> dict[str, Holds]:
    """What is known after a look: an unproven finding teaches nothing."""
    return {**dict.fromkeys(found, "unproven"), **known, **{n: h for n, h in found.items() if h != "unproven"}}


def note_scope(secret_id: UUID, scope: str, holds: bool) -> bool:
    """A real call has shown whether this secret has the scope; returns whether that was news.

    For every call made with a stored secret: True after a success, False after 403 `api_scope_denied`. Cheap when it
    is no news (one indexed read), safe to call inside or outside a transaction.
    """
    word: Holds = "yes" if holds else "no"
    if scope not in NAMES or Secret.objects.filter(pk=secret_id, **{f"scopes__{scope}": word}).exists():
        return False
    with transaction.atomic():
        secret = Secret.objects.select_for_update().select_related("key").filter(pk=secret_id).first()
        if secret is None or secret.scopes.get(scope) == word:
            return False
        secret.scopes = {**secret.scopes, scope: word}
        secret.save(update_fields=["scopes"])
        publish(secret.key.team_id, f"key-{secret.key_id}", id=str(secret.key_id))
    return True
