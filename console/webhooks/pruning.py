"""Let go of what is old: deliveries after `WEBHOOK_LOG_DAYS`, former signing secrets with them."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from console.webhooks.models import Delivery, SigningSecret

MOST_AT_ONCE: Final = 2000


def prune_deliveries() -> bool:
    """A bounded number each time, so that no transaction is long; returns whether any went."""
    long_ago = timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    old = Delivery.objects.filter(created_at__lt=long_ago).order_by("created_at").values_list("pk", flat=True)
    gone, _ = Delivery.objects.filter(pk__in=list(old[:MOST_AT_ONCE])).delete()
    forgotten, _ = SigningSecret.objects.filter(accepted_until__lt=long_ago).delete()
    return bool(gone or forgotten)
