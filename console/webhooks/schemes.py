"""How an endpoint's requests are signed: a setting of the endpoint; the header names are the console's settings."""

from django.conf import settings

from console import rivya
from console.webhooks.models import Endpoint


def scheme_of(scheme: str) -> rivya.SignatureScheme:
    """The rules of `Endpoint.scheme` (rivya-api.md §11.5 and A28)."""
    if scheme == Endpoint.Scheme.STANDARD:
        return rivya.StandardScheme(*settings.RIVYA_WEBHOOK_STANDARD_HEADERS)
    return rivya.TimestampScheme(settings.RIVYA_WEBHOOK_HEADER)


def other_than(scheme: str) -> str:
    """The scheme that the endpoint does not use."""
    return next(value for value in Endpoint.Scheme.values if value != scheme)


def expected_names(scheme: str) -> list[str]:
    """The headers that a request signed in this scheme comes with, in small letters as the log tells names."""
    standard = scheme == Endpoint.Scheme.STANDARD
    names = settings.RIVYA_WEBHOOK_STANDARD_HEADERS if standard else [settings.RIVYA_WEBHOOK_HEADER]
    return [name.lower() for name in names]


def signature_name(scheme: str) -> str:
    """That of them which holds the signature itself."""
    return expected_names(scheme)[-1]


def header_names() -> frozenset[str]:
    """Every header that either scheme reads, in small letters."""
    return frozenset(name.lower() for name in (settings.RIVYA_WEBHOOK_HEADER, *settings.RIVYA_WEBHOOK_STANDARD_HEADERS))
