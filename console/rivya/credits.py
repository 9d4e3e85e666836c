"""The wallet (`rivya-api.md` §10)."""

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from ._exchange import Call
from ._sending import Sender
from .types import Answer


class Credits(Answer, frozen=True, kw_only=True):
    """The account's balance: a snapshot, since Studio spends the same wallet and credits expire.

    `answered_at` is the answer's Date header, never a field of its body: Rivya's clock, to the second.
    """

    vital: ClassVar[tuple[str, ...]] = ("current_credits",)

    current_credits: Annotated[int, msgspec.Meta(gt=-(2**53), lt=2**53)]
    answered_at: datetime | None = None


class CreditsCalls:
    """`client.credits`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def retrieve(self) -> Credits:
        """The balance now. Raises `RivyaError`."""
        received = await self._sender.exchange(Call("GET", "/api/v1/credits", repeatable=True))
        return msgspec.structs.replace(received.one(Credits), answered_at=received.answered_at)
