"""Write a proven secret down, and forget it again. The only code that makes or empties rows of secrets."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.utils import timezone

from console import rivya
from console.keys import vault
from console.keys.declined import Declined
from console.keys.models import Key, Secret
from console.teams.models import Team, User

TABLE = "keys_secret"


def refuse_without_keyset() -> None:
    """Raises Declined when there is nothing to seal with: better before the secret is tried than after."""
    try:
        vault.keyset()
    except vault.NoKeyset:
        words = (
            "This console's keyset cannot be read, so no key can be sealed. Nothing was stored; tell whoever runs it."
        )
        raise Declined(words) from None


def store_secret(key: Key, pasted: rivya.Secret, *, scopes: Mapping[str, str], person: User | None) -> Secret:
    """Seal the secret for a row of its own, as the key's next version. In a transaction, with the key locked."""
    newest = key.secrets.order_by("-version").values_list("version", flat=True).first() or 0
    secret_id = uuid4()
    return Secret.objects.create(
        id=secret_id,
        key=key,
        version=newest + 1,
        sealed=vault.seal(pasted.reveal(), table=TABLE, row=secret_id, team=key.team_id),
        fingerprint=vault.fingerprint(pasted.reveal()),
        last_four=pasted.reveal()[-4:],
        scopes=dict(scopes),
        added_by=person,
    )


def forget_secrets(key_id: UUID, *states: str) -> int:
    """Retire the key's secrets in these states and empty what was sealed; returns how many."""
    secrets = Secret.objects.filter(key_id=key_id, state__in=states)
    return secrets.update(state=Secret.State.RETIRED, retired_at=timezone.now(), sealed=b"")


def refuse_known(team: Team, pasted: rivya.Secret) -> None:
    """Raises Declined, naming the key, when the team has this secret already."""
    known = Secret.objects.filter(key__team=team, fingerprint=vault.fingerprint(pasted.reveal()))
    found = known.exclude(state=Secret.State.RETIRED).select_related("key").first()
    if found:
        words = f"The team has this secret already: it is the key “{found.key}” ({found.key.purpose})."
        raise Declined(words, field="secret")
