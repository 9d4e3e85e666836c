"""Rivya's side of the door, for tests: endpoints with a known secret, signed requests, and the door itself."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from console import rivya
from console.keys.models import Key
from console.webhooks import signing
from console.webhooks.models import Endpoint

SECRET = "whsec_" + base64.b64encode(b"the signing secret of tests").decode()
OTHER = "whsec_" + base64.b64encode(b"a secret of somebody else").decode()


def make_endpoint(key: Key, *, secret: str = SECRET, **fields: Any) -> Endpoint:
    """A registered endpoint whose signing secret the test knows."""
    values = {"name": "Production", "state": Endpoint.State.ACTIVE, "url": "https://console.example.com/hooks/x/"}
    values |= {"rivya_id": f"whend_{uuid4().hex[:8]}", "rivya_status": "active"}
    since = timezone.now() - timedelta(hours=1)
    endpoint = Endpoint.objects.create(
        team_id=key.team_id, account_id=key.account_id, key=key, **values | {"active_since": since} | fields
    )
    signing.keep(endpoint, rivya.Secret(secret))
    return endpoint


def event(task_id: str = "task_1", **fields: Any) -> dict[str, Any]:
    """What Rivya says when a job has ended."""
    told = {"id": f"evt_{uuid4().hex[:12]}", "type": "generation.succeeded", "api_version": "2026-05-11"}
    told["created_at"] = "2026-11-14T09:31:49.000Z"
    return told | {"data": {"id": task_id, "status": "succeeded"}} | fields


def timestamped(raw: bytes, *, secret: str = SECRET, at: int | None = None) -> dict[str, str]:
    """The headers of the first scheme."""
    seconds = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"X-Rivya-Signature": f"t={seconds},v1={digest}"}


def standard(raw: bytes, *, secret: str = SECRET, at: int | None = None) -> dict[str, str]:
    """The headers of the second scheme."""
    seconds, key = int(time.time()) if at is None else at, base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, f"msg_1.{seconds}.".encode() + raw, hashlib.sha256).digest()).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{digest}"}


def knock(endpoint: Endpoint, raw: bytes, headers: dict[str, str] | None = None) -> int:
    """Send the bytes to the endpoint's door, signed properly unless other headers are given; the status answered."""
    given = timestamped(raw) if headers is None else headers
    door = f"/hooks/{endpoint.door}/"
    return Client().post(door, raw, content_type="application/json", headers=given).status_code


def ring(endpoint: Endpoint, told: dict[str, Any]) -> int:
    """Send an event, signed properly."""
    return knock(endpoint, json.dumps(told).encode())
