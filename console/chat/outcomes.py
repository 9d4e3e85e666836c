"""What came of one exchange with Rivya about a turn, and what to do next."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from console import rivya


def storable(text: str) -> str:
    """PostgreSQL has no NUL in a text, and one that it refuses would hold up what is written with it."""
    return text.replace("\0", "\ufffd")


class Act(StrEnum):
    """What can be done about a turn: send it (it may buy), look into its session (it buys nothing), or have a
    committed answer replayed under its own key, to learn what was charged."""

    SEND = "send"
    LOOK = "look"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Next:
    """What is to be done after so many seconds; `act` None: the turn is final, or waits for a person.

    `text_is_over`: nothing more will be shown by the stream; what is left to find out is what was charged.
    """

    act: Act | None
    after_seconds: float = 0.0
    phase: str = ""
    text_is_over: bool = False


END = Next(None)


@dataclass(frozen=True)
class Outcome:
    """`message` is the committed answer. `text` is what was shown and never committed.

    `error` is why the exchange ended; neither of the two, after a look: nothing is committed (yet).
    """

    act: Act
    lease: UUID
    secret_id: UUID | None = None
    message: rivya.Message | None = None
    usage: rivya.TokenUsage | None = None
    credits: rivya.TurnCredits | None = None
    request_id: str = ""
    session_id: str = ""
    text: str = ""
    error: rivya.RivyaError | None = None
    no_key: str = ""
    stopped: bool = False
    is_anew: bool = False  # asked for a replay, Rivya began another answer

    @property
    def was_accepted(self) -> bool:
        """Rivya had taken this send: its first event or its whole answer came."""
        return self.act == Act.SEND and bool(self.session_id)
