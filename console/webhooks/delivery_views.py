"""One request of the log, what Rivya says it sent, and ringing again."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from console import rivya
from console.audit.recording import record
from console.keys.declined import Declined
from console.webhooks import ringing
from console.webhooks.asking import words_of
from console.webhooks.comparing import Compared, compare
from console.webhooks.finding import looked_into, managed
from console.webhooks.logbook import Line
from console.webhooks.telling import EFFECTS


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What came, what was thought of it and why, what it did."""
    delivery, entered = looked_into(request, pk)
    context = {"line": Line(delivery), "delivery": delivery, "endpoint": delivery.endpoint}
    return render(entered, "webhooks/delivery.html", context)


@require_POST
def ring_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Do once more what the event did: its job is read from Rivya, which harms nothing."""
    delivery, entered = looked_into(request, pk)
    if not Line(delivery).can_ring:
        messages.error(
            request, "There is nothing to do again: this request was not believed, was a test, or names no task."
        )
        return redirect("webhooks:delivery", pk)
    before = {"effect": delivery.effect}
    with transaction.atomic():
        after = {"effect": ringing.ring(delivery), "event": delivery.event_id}
        record(
            "webhook.processed_again",
            delivery,
            team_id=delivery.team_id,
            actor=entered.user,
            before=before,
            after=after,
            request=request,
        )
    messages.success(request, f"Processed again. {EFFECTS[after['effect']]}")
    return redirect("webhooks:delivery", pk)


@require_GET
def comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What Rivya says it sent, beside what is here."""
    endpoint, entered = managed(request, pk)
    rows: list[Compared] = []
    trouble = "" if endpoint.is_registered else "This endpoint is not registered at Rivya."
    try:
        rows = [] if trouble else compare(endpoint)
    except rivya.RivyaError as error:
        trouble = words_of(error)
    except Declined as declined:
        trouble = str(declined)
    missing = sum(row.is_missing for row in rows)
    context = {"endpoint": endpoint, "rows": rows, "missing": missing, "trouble": trouble}
    return render(entered, "webhooks/comparison.html", context)
