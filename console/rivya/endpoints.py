"""Webhook endpoints, their deliveries and events (`rivya-api.md` §11)."""

from collections.abc import Sequence

import msgspec

from ._exchange import Call
from ._sending import Sender
from .generations import encode_json
from .secret import Secret
from .types import Answer, Count, Id, Moment, read_one

# Shorter ones can be guessed, and the last four characters, which people see, would tell too much of them.
SHORTEST_SIGNING_SECRET = 16
_ALL = "/api/v1/webhooks"
_ONE = "/api/v1/webhooks/{endpoint_id}"


class Endpoint(Answer, frozen=True, kw_only=True):
    """A webhook receiver registered at Rivya. `signing_secret` comes once: on create and on rotate."""

    id: Id
    name: str = ""
    url: str = ""
    event_types: tuple[str, ...] = ()
    status: str = ""
    secret_preview: str | None = None
    signing_secret: Secret | None = None
    last_success_at: Moment | None = None
    last_failure_at: Moment | None = None
    failure_count: Count | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    disabled_at: Moment | None = None
    revoked_at: Moment | None = None

    @property
    def delivers(self) -> bool:
        """Whether Rivya sends to it; any status but active counts as not (A24)."""
        return self.status == "active"


class Delivery(Answer, frozen=True, kw_only=True):
    """One attempt to deliver an event, for diagnosis only (A33)."""

    id: Id
    event_id: str | None = None
    endpoint_id: str | None = None
    status: str | None = None
    attempt: Count | None = None
    response_status: Count | None = None
    error: str | None = None
    created_at: Moment | None = None
    next_attempt_at: Moment | None = None


class Event(Answer, frozen=True, kw_only=True):
    """Something Rivya told, or would tell, its endpoints (A33)."""

    id: Id
    type: str = ""
    api_version: str | None = None
    created_at: Moment | None = None


class EndpointCalls:
    """`client.endpoints`. Creating, rotating, testing and deleting are repeated only when surely not done."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def create(self, *, name: str, url: str, event_types: Sequence[str]) -> Endpoint:
        """Register a receiver (https only, §11.2). After an unknown outcome list first: a repeat may leave two.

        A signing secret that cannot be one counts as not told.
        """
        body = encode_json({"name": name, "url": url, "event_types": list(event_types)})
        return _with_usable_secret(await self._one(Call("POST", _ALL, body=body)))

    async def retrieve(self, endpoint_id: str) -> Endpoint:
        """One endpoint, without its secret."""
        return await self._one(Call("GET", _ONE, ids=(endpoint_id,), repeatable=True))

    async def update(
        self,
        endpoint_id: str,
        *,
        name: str | None = None,
        url: str | None = None,
        event_types: Sequence[str] | None = None,
        status: str | None = None,
    ) -> Endpoint:
        """Change what is given (A30); `status` is active or disabled."""
        types = None if event_types is None else [*event_types]
        given = {"name": name, "url": url, "event_types": types, "status": status}
        body = encode_json({field: value for field, value in given.items() if value is not None})
        return await self._one(Call("PATCH", _ONE, ids=(endpoint_id,), body=body, repeatable=True))

    async def delete(self, endpoint_id: str) -> None:
        """Remove an endpoint; any 2xx will do, with or without a body."""
        await self._sender.exchange(Call("DELETE", _ONE, ids=(endpoint_id,)))

    async def rotate_secret(self, endpoint_id: str) -> Endpoint:
        """A new `signing_secret`, at once (A31). Raises `Unreadable` when none usable came: rotate again."""
        received = await self._sender.exchange(Call("POST", _ONE + "/rotate-secret", ids=(endpoint_id,)))
        endpoint = read_one(Endpoint, {"id": endpoint_id} | received.fields)
        if endpoint is None or not _with_usable_secret(endpoint).signing_secret:
            raise received.unreadable()
        return endpoint

    async def test(self, endpoint_id: str) -> Delivery | None:
        """Have Rivya send a test event (A32). The delivery when the answer tells of one, else None."""
        received = await self._sender.exchange(Call("POST", _ONE + "/test", ids=(endpoint_id,)))
        return read_one(Delivery, received.fields)

    async def deliveries(self, endpoint_id: str) -> list[Delivery]:
        """Recent attempts to deliver."""
        received = await self._sender.exchange(Call("GET", _ONE + "/deliveries", ids=(endpoint_id,), repeatable=True))
        return received.many(Delivery)

    async def list(self) -> list[Endpoint]:
        """The account's endpoints."""
        received = await self._sender.exchange(Call("GET", _ALL, repeatable=True))
        return received.many(Endpoint)

    async def _one(self, call: Call) -> Endpoint:
        return (await self._sender.exchange(call)).one(Endpoint)


def _with_usable_secret(endpoint: Endpoint) -> Endpoint:
    secret = endpoint.signing_secret
    is_usable = secret and len(secret.reveal()) >= SHORTEST_SIGNING_SECRET and secret.reveal().isprintable()
    return endpoint if is_usable else msgspec.structs.replace(endpoint, signing_secret=None)


class EventCalls:
    """`client.events`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list(self) -> list[Event]:
        """The account's events."""
        received = await self._sender.exchange(Call("GET", "/api/v1/webhook-events", repeatable=True))
        return received.many(Event)
