"""Add a key: prove the secret at Rivya, find out whose it is, seal it. What goes wrong before leaves nothing behind."""

from dataclasses import dataclass
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import transaction
from django.http import HttpRequest

from console import rivya
from console.audit.recording import record
from console.keys.accounts import Kinship, candidates, new_account, note_balance, note_landmark, same_account
from console.keys.declined import Declined
from console.keys.models import Account, Key, Secret
from console.keys.pasting import read_pasted
from console.keys.proving import Proof, prove
from console.keys.sealing import refuse_known, refuse_without_keyset, store_secret
from console.live.publishing import publish
from console.teams.models import Team, User


@dataclass(frozen=True)
class Wish:
    """What a person wants the key to be called and used for."""

    name: str
    purpose: str
    environment: str


def add_key(team: Team, person: User, wish: Wish, pasted_text: str, *, request: HttpRequest | None = None) -> Key:
    """Prove, then store. Raises Declined (NotProven when it was Rivya that said no); then nothing was stored."""
    pasted = read_pasted(pasted_text)
    refuse_without_keyset()
    refuse_known(team, pasted)
    _refuse_taken(team, wish)
    proof = async_to_sync(prove)(pasted)
    kin = async_to_sync(same_account)(pasted, candidates(team))
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)  # two people pasting the same secret take turns
        refuse_known(team, pasted)
        _refuse_taken(team, wish)
        key, secret = _store(team, person, wish, pasted, proof, _account(team, kin))
        after: dict[str, object] = {"purpose": key.purpose, "environment": key.environment, "account": str(key.account)}
        after |= {"last_four": secret.last_four, "scopes": dict(secret.scopes)}
        record("key.added", key, team_id=team.pk, actor=person, after=after, request=request)
        publish(team.pk, f"key-{key.pk}", id=str(key.pk))
    return key


def note_proof(account_id: UUID, proof: Proof) -> None:
    """Keep what a proof taught about the account: its balance, and what only it can read."""
    note_balance(account_id, proof.balance)
    for kind, rivya_id in proof.landmarks.items():
        note_landmark(account_id, kind, rivya_id)


def _store(
    team: Team, person: User, wish: Wish, pasted: rivya.Secret, proof: Proof, account: Account
) -> tuple[Key, Secret]:
    facts = {"name": wish.name, "purpose": wish.purpose, "environment": wish.environment}
    key = Key.objects.create(team=team, account=account, added_by=person, **facts)
    secret = store_secret(key, pasted, scopes=proof.scopes, person=person)
    note_proof(account.pk, proof)
    return key, secret


def _account(team: Team, kin: dict[UUID, Kinship]) -> Account:
    """The account proven to be the secret's; otherwise one of its own, to be joined by hand where it is open."""
    same = [account_id for account_id, kinship in kin.items() if kinship is Kinship.SAME]
    found = Account.objects.filter(pk__in=same).first()
    return found or new_account(team, may_be_another=Kinship.UNPROVEN in kin.values())


def _refuse_taken(team: Team, wish: Wish) -> None:
    taken = Key.objects.filter(team=team, purpose=wish.purpose, environment=wish.environment)
    found = taken.exclude(state=Key.State.RETIRED).first()
    if found:
        where = found.get_environment_display().lower()
        words = f"The key “{found}” has this purpose in {where} already. Replace its secret, or choose another purpose."
        raise Declined(words, field="purpose")
