"""Replace a secret with overlap: the new one works at once, the old one stays for what was sent with it."""

from asgiref.sync import async_to_sync
from django.db import transaction
from django.http import HttpRequest

from console.audit.recording import record
from console.keys.accounts import Kinship, candidates, same_account
from console.keys.adding import note_proof
from console.keys.declined import Declined
from console.keys.models import Key, Secret
from console.keys.pasting import read_pasted
from console.keys.proving import prove
from console.keys.sealing import forget_secrets, refuse_known, refuse_without_keyset, store_secret
from console.keys.standing import settle_standing
from console.teams.models import Team, User


def replace_secret(key: Key, person: User, pasted_text: str, *, request: HttpRequest | None = None) -> Secret:
    """Prove the new secret and make it the key's active one; an old one that works is retiring from now on.

    Raises Declined (NotProven): then everything is as it was. A secret of another Rivya account is declined, because
    it could not read what was sent with the old one.
    """
    pasted = read_pasted(pasted_text)
    refuse_without_keyset()
    _refuse_unready(key)
    refuse_known(key.team, pasted)
    proof = async_to_sync(prove)(pasted)
    kin = async_to_sync(same_account)(pasted, candidates(key.team, only=key.account_id))
    if kin.get(key.account_id) is Kinship.OTHER:
        words = "This secret is of another Rivya account and cannot read this key's jobs. Add it as a key of its own."
        raise Declined(words, field="secret")
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=key.team_id)
        key = Key.objects.select_for_update().get(pk=key.pk)
        _refuse_unready(key)
        refuse_known(team, pasted)
        old = key.current_secret()
        before = {"state": key.state, "version": str(key.newest_secret())}
        forget_secrets(key.pk, Secret.State.REFUSED, Secret.State.UNOPENABLE)
        key.secrets.filter(state=Secret.State.ACTIVE).update(state=Secret.State.RETIRING)
        secret = store_secret(key, pasted, scopes=proof.scopes, person=person)
        note_proof(key.account_id, proof)
        after = {"state": settle_standing(key.pk), "version": str(secret), "overlap": old is not None}
        after |= {"scopes": dict(secret.scopes), "account_proven": kin.get(key.account_id) is Kinship.SAME}
        record("key.replaced", key, team_id=key.team_id, actor=person, before=before, after=after, request=request)
    return secret


def end_overlap(key: Key, person: User, *, request: HttpRequest | None = None) -> None:
    """Retire the old secret. Raises Declined when there is none."""
    with transaction.atomic():
        key = Key.objects.select_for_update().get(pk=key.pk)
        old = key.retiring_secret()
        if old is None:
            raise Declined("The old secret is retired already: there is no overlap to end.")
        forget_secrets(key.pk, Secret.State.RETIRING)
        settle_standing(key.pk)
        facts = {"before": {"version": str(old), "state": old.state}, "after": {"state": "retired"}}
        record("key.overlap_ended", key, team_id=key.team_id, actor=person, request=request, **facts)


def _refuse_unready(key: Key) -> None:
    if key.is_retired:
        raise Declined("This key is retired. Add the secret as a new key.")
    if key.secrets.filter(state=Secret.State.RETIRING).exists():
        words = "This key is being replaced already: two of its secrets work. End that overlap first."
        raise Declined(words)
