"""What Rivya is answered: 200 for what is stored, 4xx for what is not believed, 503 when nothing can be said or kept.

A doorbell, not a letter: nothing of what an event claims is taken over. It makes its job due, and the worker reads the
job from Rivya.
"""

from typing import Final

import structlog
from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from console import rivya
from console.keys.vault import CannotOpen, NoKeyset
from console.webhooks import refusals, ringing, signing
from console.webhooks.knocks import Knock
from console.webhooks.models import Delivery, Endpoint
from console.webhooks.schemes import scheme_of

log = structlog.get_logger("console.webhooks")

LARGEST_BYTES: Final = 256 * 1024
MOST_DUPLICATES: Final = 5  # rows of one event; more are only counted
KNOWN_TYPES: Final = frozenset({"generation.succeeded", "generation.failed"})

STORED, NOT_BELIEVED, NOBODY_HERE, LATER = 200, 400, 404, 503


def receive(door: str, knock: Knock) -> int:
    """The HTTP status to answer with. Raises nothing that a request could cause."""
    try:
        endpoint = Endpoint.objects.kept().filter(door=door).first()
        if endpoint is None:
            return NOBODY_HERE
        secrets = signing.believed(endpoint)
        if not secrets:  # registered a moment ago: the secret is not stored yet, and Rivya asks again
            return LATER
        return _answer(endpoint, knock, secrets)
    except (DatabaseError, CannotOpen, NoKeyset) as error:
        log.error("webhook_not_stored", error=type(error).__name__)  # noqa: TRY400 - a trace would show the request
        return LATER


def _answer(endpoint: Endpoint, knock: Knock, secrets: list[rivya.Secret]) -> int:
    scheme = scheme_of(endpoint.scheme)
    try:
        event = rivya.verify_webhook(knock.raw, knock.headers, secrets, scheme=scheme, limit_bytes=LARGEST_BYTES)
    except rivya.SignatureInvalid as refusal:
        verdict = refusals.keep(endpoint, knock, refusal.reason, secrets)
        log.warning("webhook_refused", endpoint=str(endpoint.pk), verdict=verdict)
        return NOT_BELIEVED
    is_old = len(secrets) > 1 and not _is_signed_with(secrets[0], knock, scheme)
    with transaction.atomic():
        try:
            with transaction.atomic():
                delivery = _first(endpoint, knock, event, used_old_secret=is_old)
        except IntegrityError:
            _again(endpoint, knock, event)
        else:
            _act(endpoint, delivery)
    return STORED


def _first(endpoint: Endpoint, knock: Knock, event: rivya.WebhookEvent, *, used_old_secret: bool) -> Delivery:
    """Raises IntegrityError when this event was stored before."""
    return Delivery.objects.create(
        **_facts(endpoint, knock, event), verdict=Delivery.Verdict.ACCEPTED, used_old_secret=used_old_secret
    )


def _again(endpoint: Endpoint, knock: Knock, event: rivya.WebhookEvent) -> None:
    first = Delivery.objects.filter(endpoint=endpoint, event_id=event.id, verdict=Delivery.Verdict.ACCEPTED)
    first.update(times=F("times") + 1, last_at=timezone.now())
    if first.filter(times__lte=MOST_DUPLICATES + 1).exists():
        Delivery.objects.create(**_facts(endpoint, knock, event), verdict=Delivery.Verdict.DUPLICATE)


def _act(endpoint: Endpoint, delivery: Delivery) -> None:
    if delivery.event_id == endpoint.test_event_id:
        Delivery.objects.filter(pk=delivery.pk).update(effect=Delivery.Effect.TEST)
    elif delivery.event_type not in KNOWN_TYPES:
        Delivery.objects.filter(pk=delivery.pk).update(effect=Delivery.Effect.STRANGE_TYPE)
    else:
        ringing.ring(delivery)


def _facts(endpoint: Endpoint, knock: Knock, event: rivya.WebhookEvent) -> dict[str, object]:
    """What is kept of a believed request: names and times; nothing that it claims about the job."""
    return {
        "team_id": endpoint.team_id,
        "endpoint": endpoint,
        "event_id": event.id,
        "event_type": event.type,
        "event_at": event.created_at,
        "task_id": ringing.usable_id(event.task_id),
        "size_bytes": len(knock.raw),
        "signature_mark": knock.signature_mark,
        "address": knock.address,
    }


def _is_signed_with(secret: rivya.Secret, knock: Knock, scheme: rivya.SignatureScheme) -> bool:
    try:
        rivya.verify_webhook(knock.raw, knock.headers, [secret], scheme=scheme, limit_bytes=LARGEST_BYTES)
    except rivya.SignatureInvalid:
        return False
    return True
