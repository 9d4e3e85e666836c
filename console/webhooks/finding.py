"""Find an endpoint or a delivery through the asker, and enter its team."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from console.teams.access import Act, TeamRequest, enter
from console.webhooks.models import Delivery, Endpoint, EndpointQuerySet


def managed(request: HttpRequest, pk: UUID) -> tuple[Endpoint, TeamRequest]:
    """A kept endpoint, for who may manage webhooks: others of the team get 403, strangers 404."""
    return _entered(request, pk, _seen(request).kept())


def kept_or_deleted(request: HttpRequest, pk: UUID) -> tuple[Endpoint, TeamRequest]:
    """Likewise, also one that was deleted: its log can still be read."""
    return _entered(request, pk, _seen(request))


def looked_into(request: HttpRequest, pk: UUID) -> tuple[Delivery, TeamRequest]:
    """A line of the log, likewise; also of an endpoint that was deleted."""
    seen = Delivery.objects.visible_to(request.user).select_related("endpoint", "team", "job")
    delivery = get_object_or_404(seen, pk=pk)
    return delivery, enter(request, delivery.team, Act.MANAGE_WEBHOOKS)


def _seen(request: HttpRequest) -> EndpointQuerySet:
    return Endpoint.objects.visible_to(request.user).select_related("team", "account", "key", "created_by")


def _entered(request: HttpRequest, pk: UUID, among: EndpointQuerySet) -> tuple[Endpoint, TeamRequest]:
    endpoint = get_object_or_404(among, pk=pk)
    return endpoint, enter(request, endpoint.team, Act.MANAGE_WEBHOOKS)
