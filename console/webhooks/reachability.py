"""Whether Rivya could reach this console at all, before anything is registered (rivya-api.md §11.2)."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.urls import reverse

LOCAL_ENDINGS: Final = (
    ".localhost", ".local", ".internal", ".lan", ".home", ".home.arpa", ".localdomain", ".test", ".invalid", ".example",
)  # fmt: skip


def address_of(door: str) -> str:
    """Where an endpoint's door is found from outside."""
    return f"{settings.PUBLIC_URL}{reverse('webhooks:door', args=[door])}"


def obstacle() -> str:
    """Why Rivya cannot ring here, in a sentence; empty when nothing speaks against it.

    A Rivya on this machine or in this network (a sandbox) may reach what the real one never would: it decides itself.
    """
    parts = urlsplit(settings.PUBLIC_URL)
    host = (parts.hostname or "").rstrip(".")
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return f"This console does not answer to its own address: {host} is not in CONSOLE_ALLOWED_HOSTS."
    if is_local((urlsplit(settings.RIVYA_BASE_URL).hostname or "").rstrip(".")):
        return ""
    if parts.username is not None or parts.password is not None:
        return "The console's address (CONSOLE_PUBLIC_URL) holds a user name, which Rivya refuses."
    if is_local(host):
        return f"The console's address is {settings.PUBLIC_URL}, which only this machine or this network can reach."
    if parts.scheme != "https":
        return f"The console's address is {settings.PUBLIC_URL}, and Rivya sends only to https addresses."
    return ""


def is_local(host: str) -> bool:
    """Whether a host can be meant only for this machine or its network."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(LOCAL_ENDINGS)
