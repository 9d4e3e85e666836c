"""Claim due rows so that each is worked on by one worker at a time, however many run."""

from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

M = TypeVar("M", bound=models.Model)


def claim(
    due: "models.QuerySet[M]", *, order: str, limit: int, lease_seconds: float, **also_set: Any
) -> tuple[UUID, list[M]]:
    """Lease up to `limit` rows of `due` that nobody holds; returns the lease token and the fresh rows.

    The model needs `lease` and `leased_until`. A lease must outlive the work it covers; a dead worker's rows come free
    by themselves when it ends. `also_set` is written in the same statement, before any work begins.
    """
    token, now = uuid4(), timezone.now()
    free = due.filter(Q(leased_until=None) | Q(leased_until__lt=now)).order_by(order)
    if limit <= 0 or not free.exists():  # cheap, and takes no write lock on SQLite
        return token, []
    rows = due.model._default_manager
    with transaction.atomic():
        locked = free.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        chosen = list(locked.values_list("pk", flat=True)[:limit])
        until = timezone.now() + timedelta(seconds=lease_seconds)  # from now: the lock may have been waited for
        rows.filter(pk__in=chosen).update(lease=token, leased_until=until, **also_set)
    return token, list(rows.filter(pk__in=chosen, lease=token).order_by(order))
