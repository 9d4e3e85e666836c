"""What Rivya is answered: 200 for what is stored, 4xx for what is not believed, 503 when nothing can be said or kept.

Requests that come at the same moment are answered together (`together.py`), out of one transaction.
"""

from collections.abc import Sequence
from typing import Final

import structlog
from django.db import Error as DatabaseError
from django.db import transaction

from console import rivya
from console.keys.vault import CannotOpen, NoKeyset
from console.webhooks import refusals, signing
from console.webhooks.announcing import announce
from console.webhooks.knocks import Knock
from console.webhooks.models import Endpoint
from console.webhooks.schemes import scheme_of
from console.webhooks.storing import Believed, store

log = structlog.get_logger("console.webhooks")

LARGEST_BYTES: Final = 256 * 1024
STORED, NOT_BELIEVED, NOBODY_HERE, LATER = 200, 400, 404, 503


def receive(door: str, knocks: Sequence[Knock]) -> list[int]:
    """The HTTP status to answer each of them with. Raises nothing that a request could cause."""
    try:
        return _receive(door, knocks)
    except (DatabaseError, CannotOpen, NoKeyset) as error:
        if len(knocks) > 1:  # perhaps only one of them cannot be written
            return [status for knock in knocks for status in receive(door, [knock])]
        log.error("webhook_not_stored", error=type(error).__name__)  # noqa: TRY400 - a trace would show the request
        return [LATER]


def _receive(door: str, knocks: Sequence[Knock]) -> list[int]:
    endpoint = Endpoint.objects.kept().filter(door=door).first()
    if endpoint is None:
        return [NOBODY_HERE] * len(knocks)
    secrets = signing.believed(endpoint)
    if not secrets:  # registered a moment ago: the secret is not stored yet, and Rivya asks again
        return [LATER] * len(knocks)
    statuses, believed = [], []
    with transaction.atomic():
        for knock in knocks:
            try:
                believed.append(_verified(endpoint, knock, secrets))
                statuses.append(STORED)
            except rivya.SignatureInvalid as refusal:
                verdict = refusals.keep(endpoint, knock, refusal.reason, secrets)
                log.warning("webhook_refused", endpoint=str(endpoint.pk), verdict=verdict)
                statuses.append(NOT_BELIEVED)
        store(endpoint, believed)
        announce(endpoint.team_id, endpoint.pk)
    return statuses


def _verified(endpoint: Endpoint, knock: Knock, secrets: list[rivya.Secret]) -> Believed:
    """Raises SignatureInvalid."""
    scheme = scheme_of(endpoint.scheme)
    event = rivya.verify_webhook(knock.raw, knock.headers, secrets, scheme=scheme, limit_bytes=LARGEST_BYTES)
    is_old = len(secrets) > 1 and not _is_signed_with(secrets[0], knock, scheme)
    return Believed(knock, event, used_old_secret=is_old)


def _is_signed_with(secret: rivya.Secret, knock: Knock, scheme: rivya.SignatureScheme) -> bool:
    try:
        rivya.verify_webhook(knock.raw, knock.headers, [secret], scheme=scheme, limit_bytes=LARGEST_BYTES)
    except rivya.SignatureInvalid:
        return False
    return True
