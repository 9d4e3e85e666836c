"""Headers that every answer has, whoever gives it: Django, the static files, or a refusal before either."""

from collections.abc import Iterator
from typing import Final

from django.conf import settings

# Powerful features that no page of the console uses; copying to the clipboard is its own page's.
_UNUSED: Final = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "geolocation",
    "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "serial",
    "usb", "xr-spatial-tracking",
)  # fmt: skip
# What is no page and shows nothing: an answer in plain words, a static file.
BARE_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
ALWAYS: Final = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def always() -> Iterator[tuple[str, str]]:
    """Name and value of each header that no answer lacks; HSTS only where people come by https."""
    yield from ALWAYS.items()
    if settings.SECURE_HSTS_SECONDS:
        yield "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"


def for_bare_answers() -> list[tuple[bytes, bytes]]:
    """The same in ASGI's form, with a policy, for what Django does not see."""
    named = [*always(), ("Content-Security-Policy", BARE_POLICY)]
    return [(name.lower().encode(), value.encode()) for name, value in named]
