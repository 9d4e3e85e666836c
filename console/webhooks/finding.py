"""Find an endpoint or a delivery through the asker, and enter its team."""

from uuid import UUID

from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect

from console.teams.access import Act, TeamRequest, enter
from console.webhooks.models import Delivery, Endpoint


def managed(request: HttpRequest, pk: UUID) -> tuple[Endpoint, TeamRequest]:
    """A kept endpoint, for who may manage webhooks: others of the team get 403, strangers 404.

    One that was deleted while its page or form stood open leads to what is left of it, told so.
    """
    endpoint, entered = kept_or_deleted(request, pk)
    if endpoint.is_deleted:
        messages.warning(request, f"{endpoint} was deleted meanwhile. Nothing more can be done with it.")
        raise ImmediateHttpResponse(redirect(endpoint))
    return endpoint, entered


def kept_or_deleted(request: HttpRequest, pk: UUID) -> tuple[Endpoint, TeamRequest]:
    """Likewise, also one that was deleted: its log can still be read."""
    seen = Endpoint.objects.visible_to(request.user).select_related("team", "account", "key", "created_by")
    endpoint = get_object_or_404(seen, pk=pk)
    return endpoint, enter(request, endpoint.team, Act.MANAGE_WEBHOOKS)


def looked_into(request: HttpRequest, pk: UUID) -> tuple[Delivery, TeamRequest]:
    """A line of the log, likewise; also of an endpoint that was deleted."""
    seen = Delivery.objects.visible_to(request.user).select_related("endpoint", "team", "job")
    delivery = get_object_or_404(seen, pk=pk)
    return delivery, enter(request, delivery.team, Act.MANAGE_WEBHOOKS)
