"""Try a stored key again: whether the vault opens it and Rivya takes it, what it may do, what the wallet holds."""

from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.db import transaction
from django.http import HttpRequest

from console import rivya
from console.audit.recording import record
from console.keys import clients
from console.keys.adding import note_proof
from console.keys.declined import Declined
from console.keys.models import Key, Secret
from console.keys.proving import NotProven, Proof, prove
from console.keys.refusing import mark_refused
from console.keys.scopes import merged
from console.keys.sealing import refuse_without_keyset
from console.keys.standing import secrets_told_apart, settle_standing
from console.teams.models import User

CLOSED = "This key cannot be opened with the console's keyset, so it could not be tried."


@dataclass(frozen=True)
class Checked:
    """How a check went. `is_well` when Rivya takes the newest secret."""

    is_well: bool
    words: str


def check_key(key: Key, person: User | None, *, request: HttpRequest | None = None) -> Checked:
    """Ask Rivya about every secret that is not retired, and write down what it says. No answer changes nothing.

    A secret that was refused, or did not open, is active again when it works now. Raises Declined for a retired key.
    """
    if key.is_retired:
        raise Declined("This key is retired; there is nothing to check.")
    before = {"state": key.state}
    refuse_without_keyset()
    note_what_opens([key])
    secrets = list(key.secrets.exclude(state__in=[Secret.State.RETIRED, Secret.State.UNOPENABLE]).order_by("-version"))
    tried = [(secret, _try(key, secret)) for secret in secrets]
    with transaction.atomic():
        found = [_written_down(key, secret, answer) for secret, answer in tried]
        key.refresh_from_db()
        words = found[0].words if found else CLOSED
        after = {"state": key.state, "found": words}
        record("key.checked", key, team_id=key.team_id, actor=person, before=before, after=after, request=request)
    return Checked(bool(found) and found[0].is_well, words)


def note_what_opens(keys: list[Key]) -> None:
    """Look whether the vault opens the keys' secrets, and make their states agree.

    With a wrong keyset they say so at once; with the right one back they are themselves again. A few microseconds a
    secret; writes only what has changed.
    """
    ids = [key.pk for key in keys if not key.is_retired]
    watched = (*Secret.LIVE, Secret.State.UNOPENABLE)
    changed = False
    for secret in Secret.objects.filter(key__in=ids, state__in=watched).select_related("key"):
        opened, _ = secrets_told_apart([secret], secret.key.team_id)
        if opened and secret.state == Secret.State.UNOPENABLE:
            changed |= _back_in_service(secret)
        elif not opened and secret.is_live:
            clients.note_cannot_open(secret)
            changed = True
    for key in keys if changed else ():
        key.refresh_from_db()


def _try(key: Key, secret: Secret) -> Proof | NotProven:
    try:
        return async_to_sync(prove)(rivya.Secret(clients.open_secret(secret, key.team_id)))
    except NotProven as declined:
        return declined


def _written_down(key: Key, secret: Secret, answer: Proof | NotProven) -> Checked:
    if isinstance(answer, Proof):
        _write_down(key, secret, answer)
        return Checked(True, "Rivya takes this key.")
    if isinstance(answer.error, rivya.KeyRefused):
        mark_refused(secret.pk, answer.error.code)
        return Checked(False, f"Rivya refuses this key ({answer.error.code or answer.error.status}).")
    return Checked(False, "Rivya gave no answer about this key, so nothing was changed. Try again in a moment.")


def _write_down(key: Key, secret: Secret, proof: Proof) -> None:
    with transaction.atomic():
        fresh = Secret.objects.select_for_update().get(pk=secret.pk)
        fresh.scopes = merged(fresh.scopes, proof.scopes)
        fresh.save(update_fields=["scopes"])
        note_proof(key.account_id, proof)
        _back_in_service(fresh)
        settle_standing(key.pk)


def _back_in_service(secret: Secret) -> bool:
    """A secret that works again waits as the one being replaced; `settle_standing` decides which one is active."""
    with transaction.atomic():
        out = (Secret.State.REFUSED, Secret.State.UNOPENABLE)
        facts = {"state": Secret.State.RETIRING, "refused_at": None, "refused_code": ""}
        won = Secret.objects.filter(pk=secret.pk, state__in=out).update(**facts)
        if won:
            before, state = secret.key.state, settle_standing(secret.key_id)
            told, after = {"state": before}, {"state": state, "version": str(secret)}
            team_id = secret.key.team_id
            record("key.reopened", secret.key, team_id=team_id, actor=None, before=told, after=after)
    return bool(won)
