"""Try a secret at Rivya: whether it is taken, and what it may do. Harmless reads; nothing is bought or stored."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from console import rivya
from console.keys import clients
from console.keys.declined import Declined
from console.keys.models import Landmark
from console.keys.scopes import SCOPES, Holds
from console.ui import problems


@dataclass(frozen=True)
class Proof:
    """What a secret that Rivya takes may do. `balance` is in credits, None when it may not be read.

    `landmarks` are things of its account that the reads came across: kind → Rivya's id.
    """

    scopes: dict[str, Holds]
    balance: int | None
    landmarks: dict[str, str]


class NotProven(Declined):
    """Rivya refuses the secret, or gave no answer that could be trusted. `error` is what came instead."""

    def __init__(self, error: rivya.RivyaError) -> None:
        super().__init__(_words(error), field="secret")
        self.error = error


async def prove(api_key: rivya.Secret) -> Proof:
    """Ask for the balance, and then for things that do not exist. Raises NotProven.

    The first read decides whether the key is taken. After that an answer that is no answer leaves a scope unproven.
    Scopes to create something are proven by no read: they stay unproven until a real call shows them.
    """
    scopes: dict[str, Holds] = {scope.name: "unproven" for scope in SCOPES}
    async with clients.trial_client(api_key) as client:
        balance = await _balance(client)
        scopes["credits:read"] = "no" if balance is None else "yes"
        absent = f"probe-{uuid4()}"
        reads = await asyncio.gather(
            _read("generations:read", lambda: client.generations.retrieve(absent)),
            _read("files:read", lambda: client.files.retrieve(absent)),
            _read("chat:read", client.chat.sessions),
            _read("webhooks:manage", client.endpoints.list),
        )
    for read in reads:
        if read.refusal:
            raise NotProven(read.refusal)
        scopes[read.scope] = read.holds
    listed = {Landmark.Kind.SESSION: reads[2].first_id, Landmark.Kind.ENDPOINT: reads[3].first_id}
    return Proof(scopes, balance, {str(kind): rivya_id for kind, rivya_id in listed.items() if rivya_id})


@dataclass(frozen=True)
class _Read:
    """What one harmless read taught; `first_id` is the first thing that it listed."""

    scope: str
    holds: Holds = "unproven"
    first_id: str = ""
    refusal: rivya.KeyRefused | None = None


async def _balance(client: rivya.Client) -> int | None:
    try:
        return (await client.credits.retrieve()).current_credits
    except rivya.RivyaError as error:
        if not _is_scope_denied(error):
            raise NotProven(error) from None
    return None


async def _read(scope: str, ask: Callable[[], Awaitable[object]]) -> _Read:
    try:
        answer = await ask()
    except rivya.KeyRefused as error:
        return _Read(scope, refusal=error)
    except rivya.Missing as error:
        return _Read(scope, "yes" if error.code == "not_found" else "unproven")
    except rivya.RivyaError as error:
        return _Read(scope, "no" if _is_scope_denied(error) else "unproven")
    first = answer[0] if isinstance(answer, list) and answer else None
    return _Read(scope, "yes", str(getattr(first, "id", "")))


def _is_scope_denied(error: rivya.RivyaError) -> bool:
    return isinstance(error, rivya.ScopeMissing) and error.code == "api_scope_denied"


def _words(error: rivya.RivyaError) -> str:
    step = "Make a new key in Rivya's settings and paste that one."
    if not isinstance(error, rivya.KeyRefused):
        step = "Try again in a minute."
    return f"{problems.from_error(error).what_happened} Nothing was stored. {step}"
