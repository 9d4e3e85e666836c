"""Rivya has taken a turn: its first event came."""

from dataclasses import dataclass
from uuid import UUID

from console.chat.models import Conversation, Turn
from console.chat.transitions import move


@dataclass(frozen=True)
class Accepted:
    """A change to write. Recovery needs the session id, so it does not wait for the first text."""

    pk: UUID
    lease: UUID
    session_id: str

    def __call__(self) -> None:
        turn = Turn.objects.select_related("conversation").get(pk=self.pk)
        if turn.lease != self.lease:
            return
        Conversation.objects.filter(pk=turn.conversation_id, session_id="").update(session_id=self.session_id)
        move(turn, Turn.Status.STREAMING)
