"""Write one line of the audit log, inside the transaction of the act itself."""

import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction
from django.http import HttpRequest

from console.audit.masking import masked, masked_text
from console.audit.models import AuditEvent, SearchEntry
from console.audit.words import facets_of, indexed_words
from console.ui.client_address import client_address

THE_CONSOLE = "the console"


class Actor(Protocol):
    """Whoever acts: has an id, and a text that names them."""

    @property
    def pk(self) -> Any: ...

    def __str__(self) -> str: ...


@dataclass(frozen=True)
class Thing:
    """Something acted on that is no row of ours, such as the keyset."""

    kind: str
    pk: Any
    label: str

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Unknown:
    """Somebody acts who has not shown who they are."""

    pk: None = None

    def __str__(self) -> str:
        return "somebody not signed in"


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
    """Add a line. `subject` is the model instance (or Thing) acted on; without an `actor` it was the console itself.

    `before` and `after` are masked here, whatever is in them. Support reads the subject's own name (`str`): it must not
    hold what people or models wrote, unless `closing.py` closes its kind. Who looks through another's eyes is the
    actor.
    """
    if viewing := getattr(request, "viewing", None):
        actor, after = viewing.opening.staff, {**(after or {}), "seen_as": str(actor)}
    with transaction.atomic():
        event = AuditEvent.objects.create(
            team_id=team_id,
            actor_id=actor.pk if actor else None,
            actor_label=masked_text(str(actor or THE_CONSOLE))[:254],
            act=act,
            object_kind=subject.kind if isinstance(subject, Thing) else subject._meta.model_name,
            object_id=str(subject.pk)[:64],
            object_label=masked_text(str(subject))[:200],
            before=masked(before),
            after=masked(after),
            address=client_address(request) if request else None,
            request_id=getattr(request, "request_id", "") if request else "",
        )
        SearchEntry.objects.create(event=event, facets=facets_of(event), words=indexed_words(event))
    return event
