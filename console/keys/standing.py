"""What a key is, as told by its secrets: one rule, used whenever a secret changes."""

from collections.abc import Iterable
from uuid import UUID

from console.keys import vault
from console.keys.models import Key, Secret
from console.live.publishing import publish


def settle_standing(key_id: UUID) -> str:
    """Make states agree after a secret has changed; returns the key's state. Inside the caller's transaction.

    The newest secret that works is the active one, any other is being replaced: when Rivya refuses the new one during
    an overlap, the old one serves again. A key without any is what its newest secret is. A retired key stays retired.
    """
    key = Key.objects.select_for_update().get(pk=key_id)
    if key.is_retired:
        return key.state
    secrets = list(key.secrets.exclude(state=Secret.State.RETIRED).order_by("-version"))
    live = [secret for secret in secrets if secret.is_live]
    for secret in live[1:]:
        Secret.objects.filter(pk=secret.pk, state=Secret.State.ACTIVE).update(state=Secret.State.RETIRING)
    if live:
        Secret.objects.filter(pk=live[0].pk, state=Secret.State.RETIRING).update(state=Secret.State.ACTIVE)
    state = Key.State.ACTIVE if live else Key.State(secrets[0].state) if secrets else Key.State.REFUSED
    Key.objects.filter(pk=key_id).update(state=state)
    publish(key.team_id, f"key-{key_id}", id=str(key_id))
    return state


def secrets_told_apart(secrets: Iterable[Secret], team_id: UUID) -> tuple[list[Secret], list[Secret]]:
    """Those that the vault opens, and those that it does not."""
    opened: list[Secret] = []
    closed: list[Secret] = []
    for secret in secrets:
        (opened if _opens(secret, team_id) else closed).append(secret)
    return opened, closed


def _opens(secret: Secret, team_id: UUID) -> bool:
    try:
        vault.open_sealed(secret.sealed, table="keys_secret", row=secret.pk, team=team_id)
    except vault.CannotOpen:
        return False
    return True
