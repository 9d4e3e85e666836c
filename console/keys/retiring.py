"""Retire a key: nothing is sent or read with it any more, and its secrets are emptied."""

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console.audit.recording import record
from console.keys.declined import Declined
from console.keys.models import Key, Secret
from console.keys.sealing import forget_secrets
from console.live.publishing import publish
from console.teams.models import User


def retire_key(key: Key, person: User, *, request: HttpRequest | None = None) -> None:
    """For good: a retired key does not come back. Raises Declined when it was retired already."""
    with transaction.atomic():
        key = Key.objects.select_for_update().get(pk=key.pk)
        before = {"state": key.state}
        if key.is_retired:
            raise Declined("This key is retired already.")
        Key.objects.filter(pk=key.pk).update(state=Key.State.RETIRED, retired_at=timezone.now())
        emptied = forget_secrets(key.pk, *(state for state in Secret.State if state != Secret.State.RETIRED))
        after = {"state": "retired", "versions_emptied": emptied}
        record("key.retired", key, team_id=key.team_id, actor=person, before=before, after=after, request=request)
        publish(key.team_id, f"key-{key.pk}", id=str(key.pk))
