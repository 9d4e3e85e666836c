"""The two ways a delivery may be signed (A28); neither is known to be Rivya's."""

import base64
import binascii
import hashlib
import hmac
import secrets

from sandbox.world import World


def new_secret() -> str:
    """Return ``whsec_`` and base64, so that both schemes can use it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


def preview(secret: str) -> str:
    """Return what may be shown later: two characters, dots, the last six."""
    return f"{secret[:8]}...{secret[-6:]}"


def signature_headers(world: World, secret: str, event: str, body: bytes, at: int) -> dict[str, str]:
    """Return the headers of the scheme that is set: rivya, standard or both. ``at`` is Unix seconds."""
    scheme, headers = world.assumptions.webhook_scheme, {}
    if scheme in ("rivya", "both"):
        digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers[world.assumptions.webhook_header] = f"t={at},v1={digest}"
    if scheme in ("standard", "both"):
        mac = hmac.new(_standard_key(secret), f"{event}.{at}.".encode() + body, hashlib.sha256).digest()
        signed = f"v1,{base64.b64encode(mac).decode()}"
        headers |= {"webhook-id": event, "webhook-timestamp": str(at), "webhook-signature": signed}
    return headers


def _standard_key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return secret.encode()
