"""Write one line of the audit log, inside the transaction of the act itself."""

import ipaddress
import uuid
from typing import Any, Protocol

from django.http import HttpRequest

from console.audit.models import AuditEvent


class Actor(Protocol):
    """Whoever acts: has an id, and a text that names them."""

    @property
    def pk(self) -> Any: ...

    def __str__(self) -> str: ...


def record(
    act: str,
    subject: Any,
    *,
    team_id: uuid.UUID | None,
    actor: Actor | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    request: HttpRequest | None = None,
) -> AuditEvent:
    """Add a line. `subject` is the model instance acted on; `before` and `after` must hold no secret."""
    return AuditEvent.objects.create(
        team_id=team_id,
        actor_id=actor.pk if actor else None,
        actor_label=str(actor) if actor else "the console",
        act=act,
        object_kind=subject._meta.model_name,
        object_id=str(subject.pk),
        object_label=str(subject)[:200],
        before=before or {},
        after=after or {},
        address=_address(request) if request else None,
        request_id=getattr(request, "request_id", "") if request else "",
    )


def _address(request: HttpRequest) -> str | None:
    """Where the request came from; None where that is no address, as when a proxy passes on what it was told."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
