"""Rivya has taken a turn: its first event came."""

from dataclasses import dataclass
from uuid import UUID

from console.chat.models import Conversation, Turn
from console.chat.transitions import move


def keep_session(turn: Turn, session_id: str) -> None:
    """Remember Rivya's session: that of a later turn is the one it named itself."""
    conversation = turn.conversation
    if session_id and session_id != conversation.session_id and turn.begins_session:
        Conversation.objects.filter(pk=conversation.pk).update(session_id=session_id)
        conversation.session_id = session_id


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
        keep_session(turn, self.session_id)
        move(turn, Turn.Status.STREAMING)
