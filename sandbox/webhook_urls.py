"""Which addresses may be called: HTTPS, no user, no fragment, nothing local or private (rivya-api.md §11.2)."""

import ipaddress
from urllib.parse import urlsplit

from sandbox.answers import ApiError
from sandbox.world import World

LOCAL_ENDINGS = (
    ".localhost",
    ".local",
    ".internal",
    ".lan",
    ".home",
    ".home.arpa",
    ".localdomain",
    ".test",
    ".invalid",
)


def check_url(world: World, url: object) -> str:
    """Return the address, or refuse it with ``webhook_url_rejected``. A setting lets local ones pass (A25)."""
    if not isinstance(url, str) or len(url) > 2000:
        raise ApiError("validation_failed", "url is required.")
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise ApiError("webhook_url_rejected", "The url cannot be read.") from None
    if parts.username is not None or parts.password is not None or "#" in url or not host:
        raise ApiError("webhook_url_rejected", "The url must have a host, no user and no fragment.")
    if world.assumptions.allow_local_webhooks and parts.scheme in ("http", "https"):
        return url
    if parts.scheme != "https" or _is_local(host):
        raise ApiError("webhook_url_rejected", "The url must be public and use HTTPS.")
    return url


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    is_number = all(part.isdigit() or part.startswith("0x") for part in host.split("."))
    return "." not in host or is_number or host.endswith(LOCAL_ENDINGS)
