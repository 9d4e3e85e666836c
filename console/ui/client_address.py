"""Where a request came from, as far as the proxies that stand in front of us can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The client's IP address; None where none is told.

    Each of our own proxies (`CONSOLE_TRUSTED_PROXIES` of them) appends whom it speaks for to `X-Forwarded-For`: what
    stands further left is the client's own word. A header that is shorter than that, or holds no address there, came
    past the proxies: then the connection's own address counts.
    """
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed_on = [part for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    told = _address(passed_on[-proxies]) if proxies and len(passed_on) >= proxies else None
    return told or _address(request.META.get("REMOTE_ADDR", ""))


def _address(told: str) -> str | None:
    """Some proxies write the port as well: `203.0.113.9:4711`, `[2001:db8::1]:4711`."""
    text = told.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])  # a zone means something on one machine only
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)
