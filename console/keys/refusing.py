"""A key that Rivya no longer takes: a state everyone can see, and the end of calls with it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from console.audit.recording import record
from console.keys.models import Key, Secret
from console.live.publishing import publish


def mark_refused(secret_id: UUID, code: str) -> None:
    """After a 401: the secret is refused; its key too, unless another of its secrets still works."""
    with transaction.atomic():
        secret = Secret.objects.select_related("key").get(pk=secret_id)
        won = Secret.objects.filter(pk=secret_id, state__in=Secret.LIVE).update(
            state=Secret.State.REFUSED, refused_at=timezone.now(), refused_code=code[:64]
        )
        if not won:
            return
        key = secret.key
        if not key.secrets.filter(state=Secret.State.ACTIVE).exists():
            Key.objects.filter(pk=key.pk, state=Key.State.ACTIVE).update(state=Key.State.REFUSED)
        record("key.refused", key, team_id=key.team_id, actor=None, after={"code": code, "secret": str(secret)})
        publish(key.team_id, f"key-{key.pk}", id=str(key.pk))
