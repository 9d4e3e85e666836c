"""The opened key that a turn is asked with: the one its send was pinned to, or for reads another of the account."""

from dataclasses import dataclass, field
from uuid import UUID

from console.chat.models import Conversation, Turn
from console.keys import clients
from console.keys.models import Key, Secret


class KeyUnusable(Exception):
    """The conversation has no key that works for its account; nothing was written."""


@dataclass(frozen=True)
class Access:
    """An opened secret; `missing` says in a word why there is none."""

    secret_id: UUID | None = None
    api_key: str = field(default="", repr=False)
    missing: str = ""


def usable_secret(conversation: Conversation) -> Secret:
    """What the next turn is sent with: its own key, else its project's, else any of the account. Raises KeyUnusable."""
    own = Key.objects.usable().filter(team_id=conversation.team_id, account_id=conversation.account_id)
    ranked = sorted(own, key=lambda key: (key.pk != conversation.key_id, key.pk != conversation.project.key_id))
    for key in ranked:
        if secret := key.current_secret():
            return secret
    raise KeyUnusable(f"{conversation} has no working key.")


def unlock(turn: Turn, *, to_read: bool) -> Access:
    """The turn's pinned key; for a read, once that key is dead, another live one of the same account."""
    pinned = unlocked(Secret.objects.select_related("key").get(pk=turn.secret_id))
    if not pinned.missing or not to_read:
        return pinned
    conversation = turn.conversation
    others = Secret.objects.filter(
        key__team_id=conversation.team_id, key__account_id=conversation.account_id, state__in=Secret.LIVE
    )
    tried = (unlocked(secret) for secret in others.exclude(pk=turn.secret_id).select_related("key"))
    return next((access for access in tried if not access.missing), pinned)


def unlocked(secret: Secret) -> Access:
    """The secret opened, or why it is not."""
    if not secret.is_live:
        return Access(missing=secret.state)
    try:
        return Access(secret.pk, clients.open_secret(secret, secret.key.team_id))
    except clients.CannotOpen:
        clients.note_cannot_open(secret)
        return Access(missing=Secret.State.UNOPENABLE)
