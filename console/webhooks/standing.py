"""How an endpoint stands, for a page: our state, Rivya's, and what about it needs somebody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.utils import timezone

from console.keys.declined import Declined
from console.webhooks import changing
from console.webhooks.models import Delivery, Endpoint
from console.webhooks.reachability import address_of
from console.webhooks.telling import state_of

FRESH: Final = timedelta(seconds=20)


@dataclass(frozen=True)
class Standing:
    """An endpoint with its pill. `trouble` says why Rivya could not be asked just now."""

    endpoint: Endpoint
    trouble: str = ""

    @property
    def look(self) -> str:
        return state_of(self.endpoint)[0]

    @property
    def word(self) -> str:
        return state_of(self.endpoint)[1]

    @property
    def card(self) -> str:
        """Where a page finds its card."""
        return f"#endpoint-{self.endpoint.pk}"

    @property
    def last_heard_at(self) -> datetime | None:
        """When the newest believed request came."""
        heard = Delivery.objects.believed().filter(endpoint=self.endpoint).order_by("-created_at", "-id")
        return heard.values_list("created_at", flat=True).first()

    @property
    def refused_since_at(self) -> datetime | None:
        """When the newest request came, where that was refused: something knocks, and is not believed."""
        newest = Delivery.objects.filter(endpoint=self.endpoint).order_by("-created_at", "-id").first()
        return newest.last_at if newest and not newest.is_believed else None

    @property
    def is_old_address(self) -> bool:
        """The console has got another public address since Rivya was told this one."""
        return self.endpoint.is_registered and self.endpoint.url != address_of(self.endpoint.door)


def read_if_due(endpoint: Endpoint) -> str:
    """Ask Rivya unless that was done a moment ago; returns why it could not be asked, or nothing.

    One of all open pages asks, in whatever process, and not again at once when Rivya does not answer: pages come here
    as often as something knocks.
    """
    if endpoint.read_at and timezone.now() - endpoint.read_at < FRESH:
        return ""
    asked, seconds = f"webhooks-asked:{endpoint.pk}", FRESH.total_seconds()
    if not cache.add(asked, "", timeout=seconds):
        return str(cache.get(asked, ""))
    try:
        changing.read(endpoint)
    except Declined as declined:
        cache.set(asked, str(declined), timeout=seconds)
        return str(declined)
    return ""
