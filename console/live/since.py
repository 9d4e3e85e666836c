"""Where a page's stream begins: the newest event when the page was drawn, so that nothing falls between."""

from django.db.models import Max
from django.http import HttpRequest

from console.live.models import Event


def live_since(request: HttpRequest) -> dict[str, object]:
    """`live_since` for templates, read only if the template uses it."""
    return {"live_since": lambda: Event.objects.aggregate(newest=Max("id"))["newest"] or 0}
