"""What is done to an endpoint with one press."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from console.keys.declined import Declined
from console.webhooks import changing, registering
from console.webhooks.finding import managed


@require_POST
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Finish a registration whose answer is not stored."""
    endpoint, entered = managed(request, pk)
    if endpoint.is_registered:
        messages.success(request, f"{endpoint} is registered already.")
        return redirect(endpoint)
    try:
        registering.finish(endpoint, entered.user, request=request)
    except Declined as declined:
        messages.error(request, f"Still not finished. {declined}")
    else:
        messages.success(request, f"{endpoint} is registered. Send a test to see it arrive.")
    return redirect(endpoint)


@require_POST
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rivya sends nothing until it is resumed."""
    return _set_paused(request, pk, paused=True)


@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rivya sends again."""
    return _set_paused(request, pk, paused=False)


@require_POST
def test(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have Rivya send a test event."""
    endpoint, entered = managed(request, pk)
    try:
        arrived = changing.send_test(endpoint, entered.user, request=request)
    except Declined as declined:
        messages.error(request, str(declined))
    else:
        if arrived:
            messages.success(request, "The test arrived and was believed.")
        else:
            messages.warning(request, "Rivya sent a test, and it is not here yet. The log shows what came.")
    return redirect(endpoint)


def _set_paused(request: HttpRequest, pk: UUID, *, paused: bool) -> HttpResponse:
    endpoint, entered = managed(request, pk)
    try:
        changing.set_paused(endpoint, paused, entered.user, request=request)
    except Declined as declined:
        messages.error(request, str(declined))
    else:
        resumed = "Resumed. Send a test to see it arrive."
        messages.success(request, "Paused. Jobs are followed by the clock meanwhile." if paused else resumed)
    return redirect(endpoint)
