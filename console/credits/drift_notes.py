"""A person says what explains a drift."""

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console.audit.recording import record
from console.credits.models import WalletInterval
from console.teams.models import User


def note_drift(interval: WalletInterval, note: str, person: User, *, request: HttpRequest | None = None) -> bool:
    """Keep the explanation. False when there is no drift (any more), or the interval is not final yet."""
    with transaction.atomic():
        row = WalletInterval.objects.select_for_update().filter(pk=interval.pk, is_final=True).exclude(unexplained=0)
        found = row.select_related("account").first()
        if found is None:
            return False
        before = {"note": found.note}
        found.note, found.noted_by, found.noted_at = note.strip(), person, timezone.now()
        found.save(update_fields=["note", "noted_by", "noted_at"])
        record(
            "wallet.drift_explained",
            found,
            team_id=found.account.team_id,
            actor=person,
            before=before,
            after={"note": found.note, "credits": found.unexplained, "account": str(found.account)},
            request=request,
        )
    return True
