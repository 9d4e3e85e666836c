"""Keep the catalogue equal to Rivya's live list (rivya-api.md §2). What makes no sense never replaces what we have."""

from datetime import datetime, timedelta

import structlog
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from console import rivya
from console.catalogue.entries import Entry, entry_of
from console.catalogue.models import CatalogueModel, CatalogueRefresh
from console.keys import clients

log = structlog.get_logger("console.catalogue")

READ_EVERY = timedelta(minutes=5)
RETRY_AFTER = timedelta(seconds=30)
NOT_AGAIN_WITHIN = timedelta(seconds=5)


def refresh_if_due() -> bool:
    """Read the list when the last good read is old, or a failed one not quite recent. Returns whether it read."""
    row, now = CatalogueRefresh.current(), timezone.now()
    fresh = row.read_at is not None and now - row.read_at < READ_EVERY and not row.problem
    tried = row.tried_at is not None and now - row.tried_at < RETRY_AFTER
    if fresh or tried:
        return False
    clients.from_sync(refresh)()
    return True


def refresh_now() -> bool:
    """Read the list because a person asked; False when it was tried a moment ago."""
    row = CatalogueRefresh.current()
    if row.tried_at is not None and timezone.now() - row.tried_at < NOT_AGAIN_WITHIN:
        return False
    clients.from_sync(refresh)()
    return True


async def refresh() -> CatalogueRefresh:
    """Read the list and write it down. A failure is stored in words and keeps the old list; raises no RivyaError."""
    now = timezone.now()
    await CatalogueRefresh.objects.aupdate_or_create(pk=1, defaults={"tried_at": now})
    entries, problem = await _read()
    return await sync_to_async(_write_down)(entries, problem, now)


async def _read() -> tuple[dict[str, Entry], str]:
    try:
        models = await clients.anonymous_client().with_options(attempts=2).models.list()
    except rivya.Unreadable:
        return {}, "Rivya answered, but not with a list of models."
    except rivya.NoAnswer:
        return {}, "Rivya could not be reached."
    except rivya.Refused as refused:
        return {}, f"Rivya refused to list its models ({refused.status} {refused.code}".rstrip() + ")."
    entries = [entry for model in models if (entry := entry_of(model))]
    if len(entries) < len(models):
        log.warning("catalogue_entries_skipped", skipped=len(models) - len(entries))
    return {entry.id: entry for entry in entries}, "" if entries else "Rivya's list of models was empty."


def _write_down(entries: dict[str, Entry], problem: str, now: datetime) -> CatalogueRefresh:
    if problem:
        log.warning("catalogue_not_read", problem=problem)
        CatalogueRefresh.objects.filter(pk=1).update(problem=problem[:300])
    else:
        with transaction.atomic():
            _write(entries, now)
            CatalogueRefresh.objects.filter(pk=1).update(read_at=now, problem="")
    return CatalogueRefresh.current()


def _write(entries: dict[str, Entry], now: datetime) -> None:
    known = CatalogueModel.objects.in_bulk()
    for model_id, entry in entries.items():
        old = known.get(model_id)
        if old is None:
            CatalogueModel.objects.create(**entry.columns, changed_at=now)
        elif old.gone_at is not None or old.raw != entry.raw or old.schema_hash != entry.schema_hash:
            CatalogueModel.objects.filter(pk=model_id).update(**entry.columns, changed_at=now, gone_at=None)
    CatalogueModel.objects.listed().exclude(pk__in=entries).update(gone_at=now, changed_at=now)
