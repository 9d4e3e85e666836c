"""Keep what was not believed, with the reason: enough to mend things, never so much that a forger fills the disk."""

from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone

from console import rivya
from console.webhooks.doctor import Finding, examine
from console.webhooks.knocks import Knock
from console.webhooks.models import Delivery, Endpoint

MOST_AN_HOUR: Final = 100  # rows an endpoint; past that the newest row of the hour counts on


def keep(endpoint: Endpoint, knock: Knock, reason: str, secrets: list[rivya.Secret]) -> str:
    """Write the request down and return its verdict. Past the hour's rows it is counted, and not examined closely."""
    now = timezone.now()
    refused = Delivery.objects.filter(endpoint=endpoint, answer_status=400)
    recent = list(refused.filter(created_at__gt=now - timedelta(hours=1)).values_list("pk", "verdict")[:MOST_AN_HOUR])
    if len(recent) >= MOST_AN_HOUR:
        newest, verdict = recent[0]
        Delivery.objects.filter(pk=newest).update(times=F("times") + 1, last_at=now)
        return verdict
    found: Finding = examine(endpoint, knock, reason, secrets)
    Delivery.objects.create(
        team_id=endpoint.team_id,
        endpoint=endpoint,
        verdict=found.verdict,
        clock_off_seconds=found.clock_off_seconds,
        size_bytes=len(knock.raw),
        signature_mark=knock.signature_mark,
        header_names=knock.names,
        address=knock.address,
        answer_status=400,
    )
    return found.verdict
