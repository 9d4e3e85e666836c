"""Ask Rivya about an endpoint, with a key that may: its own, or another live one of the same account."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from console import rivya
from console.keys import clients
from console.keys.declined import Declined
from console.keys.models import Key, Secret
from console.keys.refusing import mark_refused
from console.keys.scopes import note_scope
from console.ui import problems
from console.webhooks.announcing import announce
from console.webhooks.models import Endpoint

T = TypeVar("T")

SCOPE: Final = "webhooks:manage"
GONE: Final = "Rivya has no such endpoint any more. Delete it here, and register another."


class NoAccess(Declined):
    """No working key of the endpoint's account may manage webhooks."""


def fit_keys(team_id: UUID) -> "QuerySet[Key]":
    """The team's keys that work and may, as far as is known, manage webhooks."""
    active = Secret.objects.filter(key__team_id=team_id, state=Secret.State.ACTIVE).only("key_id", "scopes")
    fit = {secret.key_id for secret in active if _may(secret)}
    return Key.objects.usable().filter(pk__in=fit).select_related("account")


def ask(endpoint: Endpoint, call: Callable[[rivya.Client], Awaitable[T]]) -> T:
    """One exchange. Raises NoAccess before it, RivyaError after it; what it taught about the key is kept."""
    secret, api_key = _access(endpoint)

    async def asked() -> T:
        return await call(clients.client_with(api_key))

    try:
        answer = clients.from_sync(asked)()
    except rivya.KeyRefused as error:
        if error.code:  # without a code it may be a proxy
            mark_refused(secret.pk, error.code)
        raise
    except rivya.ScopeMissing:
        note_scope(secret.pk, SCOPE, holds=False)
        raise
    note_scope(secret.pk, SCOPE, holds=True)
    Secret.objects.filter(pk=secret.pk).update(last_used_at=timezone.now())
    return answer


def words_of(error: rivya.RivyaError) -> str:
    """What went wrong, for a person. Calls about endpoints cost nothing, so nothing is said of charges."""
    problem = problems.from_error(error)
    is_ours_to_mend = isinstance(error, rivya.Refused) and 400 <= error.status < 500 and error.status != 429
    said = f"{problem.title}. {problem.what_happened}"
    return f"{said} {problem.next_step}" if is_ours_to_mend else said


def note_told(endpoint: Endpoint, told: rivya.Endpoint | None) -> None:
    """Keep what Rivya says of the endpoint; None: it has no such endpoint any more. Open pages hear of what is new."""
    facts: dict[str, object] = {"rivya_status": "missing", "read_at": timezone.now()}
    if told is not None:
        facts |= {
            "rivya_status": "".join(filter(str.isprintable, told.status))[:64],
            "rivya_failures": told.failure_count,
            "rivya_success_at": told.last_success_at,
            "rivya_failure_at": told.last_failure_at,
        }
    is_news = any(getattr(endpoint, name) != value for name, value in facts.items() if name != "read_at")
    for name, value in facts.items():
        setattr(endpoint, name, value)
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(**facts)
        if is_news:  # only then: a page that is told may have Rivya asked again
            announce(endpoint.team_id, endpoint.pk)


def _access(endpoint: Endpoint) -> tuple[Secret, rivya.Secret]:
    live = Secret.objects.filter(key__account_id=endpoint.account_id, key__team_id=endpoint.team_id)
    fit = [secret for secret in live.filter(state__in=Secret.LIVE).order_by("-version") if _may(secret)]
    own_first = sorted(fit, key=lambda secret: (secret.key_id != endpoint.key_id, secret.state != Secret.State.ACTIVE))
    for secret in own_first:
        try:
            return secret, rivya.Secret(clients.open_secret(secret, endpoint.team_id))
        except clients.CannotOpen:
            with transaction.atomic():
                clients.note_cannot_open(secret)
    raise NoAccess("No working key of this Rivya account may manage webhooks. Add one, or replace the key under Keys.")


def _may(secret: Secret) -> bool:
    """Whether the secret has the scope, or nothing has shown yet that it has not."""
    return bool(secret.scopes.get(SCOPE) != "no")
