"""The model catalogue (`rivya-api.md` §2)."""

from typing import Any

import msgspec

from ._exchange import Call
from ._sending import Sender
from .types import Answer, CreditCount, Id


class Model(Answer, frozen=True, kw_only=True):
    """One model, callable or not. `raw` is the dict as Rivya sent it; `params` and the like are hints."""

    id: Id
    display_name: str = ""
    category: str = ""
    runtime: str | None = None
    base_credits: CreditCount | None = None
    """Price of the default run where billing is FIXED, else an estimate; never compute a bill from it (A35)."""
    billing_type: str = ""
    supported_modes: tuple[str, ...] = ()
    max_prompt_length: int | None = None
    """Characters; None means no documented limit (A5)."""
    reference_media: Any = None
    params: tuple[Any, ...] = ()
    api_status: str = ""
    api_input_status: str = ""
    supported_api_inputs: tuple[str, ...] = ()
    requires_files_api: bool = False
    requires_upload_for_modes: tuple[str, ...] = ()
    url_input_supported: bool = False
    file_kinds: tuple[str, ...] = ()
    chat_capabilities: Any = None
    notices: tuple[Any, ...] = ()
    raw: dict[str, Any] = {}

    @property
    def is_callable(self) -> bool:
        """Whether the Public API accepts it (§2.1); unknown states are not callable."""
        return self.api_status == "available"

    @property
    def is_chat(self) -> bool:
        """Whether it is a chat model, decided by category (A4)."""
        return self.category == "chat"


class ModelCalls:
    """`client.models`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list(self) -> list[Model]:
        """Every model Rivya lists, including those that cannot be called; no key needed. Raises `RivyaError`."""
        received = await self._sender.exchange(Call("GET", "/api/v1/models", repeatable=True))
        return [msgspec.structs.replace(model, raw=raw) for model, raw in received.pairs(Model)]
