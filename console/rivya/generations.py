"""Asynchronous jobs at Rivya: image, video, audio (`rivya-api.md` §5 and §6)."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from ._exchange import Call
from ._sending import Sender
from .secret import Secret, scrub
from .types import Answer, CreditCount, Id, Moment


class GenerationResult(Answer, frozen=True, kw_only=True):
    """Where the media are. URLs say nothing about type or expiry: fetch at once, without the key (A16)."""

    vital: ClassVar[tuple[str, ...]] = ("urls",)

    primary_url: Secret | None = None
    urls: tuple[Secret, ...] = ()

    @property
    def all_urls(self) -> tuple[Secret, ...]:
        """Every distinct URL, the primary one first."""
        primary = (self.primary_url,) if self.primary_url else ()
        return tuple(dict.fromkeys(url for url in primary + self.urls if url))


class GenerationError(Answer, frozen=True, kw_only=True):
    """Why a job failed, in Rivya's words (scrubbed)."""

    vital: ClassVar[tuple[str, ...]] = ()

    code: str = ""
    message: str = ""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "message", scrub(self.message))


class Generation(Answer, frozen=True, kw_only=True):
    """One job. `status` is queued, processing, succeeded, failed or a word not known yet (treat it as open).

    A missing credit figure is None, not 0. A failed job may carry no error.
    """

    vital: ClassVar[tuple[str, ...]] = ("id", "status", "reserved_credits", "final_credits", "result")

    id: Id
    status: str
    model: str | None = None
    reserved_credits: CreditCount | None = None
    final_credits: CreditCount | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    result: GenerationResult | None = None
    error: GenerationError | None = None

    @property
    def is_final(self) -> bool:
        """Whether Rivya will not change it any more."""
        return self.status in ("succeeded", "failed")


class GenerationCalls:
    """`client.generations`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    @staticmethod
    def encode(
        *,
        model: str,
        prompt: str | None = None,
        params: Mapping[str, Any] | None = None,
        client_request_id: str | None = None,
    ) -> bytes:
        """The exact bytes of a request, the same for the same input. Params go through untouched; Secrets are opened.

        Raises ValueError for NaN and infinities, TypeError for values JSON does not have.
        """
        given = {"model": model, "prompt": prompt, "params": params, "client_request_id": client_request_id}
        return encode_json({name: value for name, value in given.items() if value is not None})

    async def create(self, body: bytes, *, idempotency_key: str) -> Generation:
        """Start a job. After an unknown outcome: same key, same bytes. Raises `RivyaError`."""
        call = Call("POST", "/api/v1/generations", body=body, idempotency_key=idempotency_key, repeatable=True)
        del body  # it may hold signed URLs, and a traceback shows locals
        received = await self._sender.exchange(call)
        return received.one(Generation)

    async def retrieve(self, task_id: str) -> Generation:
        """A job as it is now; `Missing` when unknown or another account's. Raises `RivyaError`."""
        call = Call("GET", "/api/v1/generations/{task_id}", ids=(task_id,), repeatable=True)
        received = await self._sender.exchange(call)
        return received.one(Generation)


def encode_json(value: Any) -> bytes:
    """Compact JSON with sorted keys, UTF-8; Secrets are opened."""
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=_jsonable
    )
    return text.encode("utf-8", "replace")


def _jsonable(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"JSON has no {type(value).__name__}.")
