"""A passkey as a device would have made it, for rows that nobody signs in with."""

import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData


def credential(host: str) -> dict[str, Any]:
    """What the browser sends after a registration at this host; its private key is thrown away."""
    private = ec.generate_private_key(ec.SECP256R1())
    key = ES256.from_cryptography_key(private.public_key())  # type: ignore[no-untyped-call]
    mark = secrets.token_bytes(16)
    attested = AttestedCredentialData.create(b"\0" * 16, mark, key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    told = AttestationObject.create("none", AuthenticatorData.create(sha256(host.encode()), flags, 0, attested), {})
    client = {"type": "webauthn.create", "challenge": "", "origin": f"http://{host}"}
    response = {
        "clientDataJSON": websafe_encode(json.dumps(client).encode()),
        "attestationObject": websafe_encode(told),
    }
    extensions = {"credProps": {"rk": True}}
    whole = {"id": websafe_encode(mark), "rawId": websafe_encode(mark), "type": "public-key"}
    return whole | {"response": response, "clientExtensionResults": extensions}
