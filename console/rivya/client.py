"""A Rivya account seen through one key: the nouns of the API in one place."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from ._exchange import Call, origin
from ._sending import OnExchange, Sender
from .chat import ChatCalls
from .credits import CreditsCalls
from .endpoints import EndpointCalls, EventCalls
from .files import FileCalls
from .generations import GenerationCalls
from .models import ModelCalls
from .secret import Secret
from .transport import Transport


class Client:
    """Calls Rivya with one key, or with none (models and openapi need none). The transport holds the connections.

    `attempts` is how often a call is tried at most (1 = no retry). `on_exchange` is called once per attempt.
    `sleep` and `jitter` (0 to 1) are for tests. Raises ValueError for a base URL that is not plain http(s).
    """

    def __init__(
        self,
        transport: Transport,
        *,
        base_url: str = "https://rivya.ai",
        api_key: Secret | str | None = None,
        attempts: int = 3,
        on_exchange: OnExchange | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        key = None if api_key is None else Secret(api_key)
        del api_key  # so that no traceback shows it
        self._open(Sender(transport, origin(base_url), key, _counted(attempts), on_exchange, sleep, jitter))

    def __repr__(self) -> str:
        return f"<Client of {self._sender.base_url}>"

    def with_options(self, *, attempts: int) -> "Client":
        """The same client with another number of attempts."""
        copy = Client.__new__(Client)
        copy._open(replace(self._sender, attempts=_counted(attempts)))
        return copy

    async def openapi(self) -> dict[str, Any]:
        """The machine-readable contract (`rivya-api.md` §1.4); needs no key. Raises `RivyaError`."""
        received = await self._sender.exchange(Call("GET", "/api/v1/openapi.json", repeatable=True))
        if not received.fields:
            raise received.unreadable()
        return received.fields

    def _open(self, sender: Sender) -> None:
        self._sender = sender
        self.models = ModelCalls(sender)
        self.files = FileCalls(sender)
        self.generations = GenerationCalls(sender)
        self.chat = ChatCalls(sender)
        self.credits = CreditsCalls(sender)
        self.endpoints = EndpointCalls(sender)
        self.events = EventCalls(sender)


def _counted(attempts: int) -> int:
    if attempts < 1:
        raise ValueError("A call is tried at least once.")
    return attempts
