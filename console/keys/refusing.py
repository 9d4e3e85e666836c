"""A key that Rivya no longer takes: a state everyone can see, and the end of calls with it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from console.audit.recording import record
from console.keys.models import Secret
from console.keys.standing import settle_standing


def mark_refused(secret_id: UUID, code: str) -> None:
    """After a 401: the secret is refused; its key too, unless another of its secrets still works."""
    with transaction.atomic():
        won = Secret.objects.filter(pk=secret_id, state__in=Secret.LIVE).update(
            state=Secret.State.REFUSED, refused_at=timezone.now(), refused_code=code[:64]
        )
        if not won:
            return
        secret = Secret.objects.select_related("key").get(pk=secret_id)
        before, state = secret.key.state, settle_standing(secret.key_id)
        after = {"state": state, "code": code[:64], "version": str(secret)}
        record("key.refused", secret.key, team_id=secret.key.team_id, actor=None, before={"state": before}, after=after)
